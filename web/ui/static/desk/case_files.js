// @ts-check
// Files of a case: chosen, dropped or pasted; one after the other, with what became of each.
import { text } from "../texts.js";
import { choices } from "./case_form.js";

/** @param {HTMLElement} root the desk's work */
function place(root) {
  return root.querySelector("#case-files .uploads");
}

/** @param {HTMLElement} root @param {string} words @param {(() => void) | null} retry */
function say(root, words, retry) {
  const p = place(root);
  if (!p) return;
  const span = document.createElement("span");
  span.textContent = words;
  p.replaceChildren(span);
  if (!retry) return;
  const again = document.createElement("button");
  again.type = "button";
  again.className = "button button-small";
  again.textContent = text("work.js.upload.retry");
  again.addEventListener("click", retry);
  p.append(" ", again);
}

/** @param {HTMLElement} root @param {Iterable<File>} files @param {() => void} onSignIn */
export async function upload(root, files, onSignIn) {
  const number = root.dataset.case;
  if (!number) return;
  const most = choices().max_file;
  /** @type {string[]} */
  const done = [];
  for (const file of files) {
    if (most > 0 && file.size > most) {
      say(root, text("work.js.upload.large", file.name, Math.floor(most / (1 << 20))), null);
      return;
    }
    say(root, text("work.js.upload.going", file.name), null);
    const body = new FormData();
    body.append("file", file, file.name);
    const retry = () => void upload(root, [file], onSignIn);
    try {
      const answer = await fetch(`/desk/cases/${encodeURIComponent(number)}/files`, { method: "POST", body, headers: { "HX-Request": "true" } });
      if (answer.status === 401) {
        onSignIn();
        say(root, text("work.js.upload.failed", file.name, text("work.js.saved.signin")), retry);
        return;
      }
      if (!answer.ok) {
        const why = await answer.json().catch(() => ({}));
        say(root, text("work.js.upload.failed", file.name, `${why.what ?? answer.status} ${why.do ?? ""}`), answer.status >= 500 ? retry : null);
        return;
      }
      done.push(file.name);
    } catch {
      say(root, text("work.js.upload.failed", file.name, text("ui.js.offline")), retry);
      return;
    }
  }
  if (done.length === 0) return;
  await htmx.ajax("get", `/desk/cases/${encodeURIComponent(number)}/files`, { target: "#case-files", swap: "outerHTML" });
  say(root, text("work.js.upload.done", done.join(", ")), null);
}

/** A picture from the clipboard has no name of its own. @param {DataTransfer | null} data */
export function filesIn(data) {
  const files = [...(data?.files ?? [])];
  return files.map((f) => (f.name && f.name !== "image.png" ? f : new File([f], `${stamp()}.${(f.type.split("/")[1] ?? "bin").split("+")[0]}`, { type: f.type })));
}

function stamp() {
  return new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
}
