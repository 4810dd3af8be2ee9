#!/usr/bin/env bash
# Makes the neutral prompts of the phone survey (configs/asterisk/prompts), in Chinese and English, with the synthetic voices of
# espeak-ng. They are ours: nobody else's recording is in them. Put recordings of your own in their place where you can: a human
# voice is answered more often. Needs: espeak-ng, sox with gsm.
set -euo pipefail
out=$(cd "$(dirname "$0")/../../configs/asterisk" && pwd)/prompts
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

say() { # voice language name text
	mkdir -p "$out/$2"
	espeak-ng -v "$1" -s "$5" -w "$temp/voice.wav" "$4"
	sox -D "$temp/voice.wav" -r 8000 -c 1 -t gsm "$out/$2/$3.gsm" norm -6 highpass 200 lowpass 3400 silence 1 0.05 0.3% reverse silence 1 0.05 0.3% reverse pad 0.1 0.25
}

zh() { say cmn zh "$1" "$2" 210; }
en() { say en-gb en "$1" "$2" 160; }

zh consent "您好，这里是服务热线。您的问题已经解决，想请您评价这次服务，只有两个问题，通话可能录音。同意请按 1，不同意请按 2，重听请按星号键。"
zh speed "您对问题解决的速度是否满意？请按 1 到 5。1 是很不满意，5 是很满意。重听请按星号键。"
zh quality "您对问题解决的质量是否满意？请按 1 到 5。1 是很不满意，5 是很满意。重听请按星号键。"
zh wrong "这个按键无效。"
zh thanks "谢谢您，再见。"
zh sorry "没有收到您的选择。打扰您了，再见。"

en consent "Hello, this is the service hotline. Your problem has been solved, and we would like to ask two questions about our service. The call may be recorded. Press 1 to take part, 2 if you would rather not, or star to hear this again."
en speed "How satisfied are you with the speed of the solution? Press a key from 1 to 5. 1 is very dissatisfied, 5 is very satisfied. Press star to hear this again."
en quality "How satisfied are you with the quality of the solution? Press a key from 1 to 5. 1 is very dissatisfied, 5 is very satisfied. Press star to hear this again."
en wrong "That key is not an answer."
en thanks "Thank you. Goodbye."
en sorry "We did not receive your answer. Sorry to have disturbed you. Goodbye."
