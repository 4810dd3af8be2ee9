// @ts-check
// The words of the desk, as the server says them. Only types: nothing runs here.

/**
 * Where an agent stands (agent.View of the API). The server alone decides it.
 * @typedef {object} View
 * @property {string} login
 * @property {string} name
 * @property {string} [team]
 * @property {string} state offline, ready, offered, ringing, talking, wrapup, paused or unreachable
 * @property {string} since RFC 3339
 * @property {string} [reason]
 * @property {string} [call]
 * @property {boolean} phone_up
 * @property {string[]} [phone_lacks] switches whose calls do not come, because the phone is not there; others do
 * @property {boolean} [desk_open]
 * @property {number} missed in a row
 * @property {number} answered today
 * @property {string} [wrapup_end] RFC 3339
 * @property {string} [pending] comes true after the call
 * @property {string} [pending_reason]
 * @property {number} version
 * @property {string[]} queues
 */

/**
 * One message to this desk (agent.Push of the API). Events of queues have no id of their own.
 * @typedef {object} Push
 * @property {string} id
 * @property {string} kind
 * @property {string} at
 * @property {string} [call]
 * @property {any} [data]
 */

/**
 * @typedef {object} Contact
 * @property {string} id
 * @property {string} name
 * @property {string} [customer_id]
 * @property {string} [customer_name]
 */

/**
 * @typedef {object} OpenCase
 * @property {string} number
 * @property {string} subject
 * @property {string} owner
 * @property {string} owner_name
 * @property {string} [promise]
 * @property {string} [promised_at]
 * @property {string} state
 */

/**
 * @typedef {object} Card
 * @property {{number: string, kind: string, contacts: Contact[], chosen?: string}} recognition kind: none, one or candidates
 * @property {OpenCase[]} cases
 * @property {{call: string, arrived: string, agent?: string, case?: string, answered: boolean}[]} last
 * @property {number} [priority]
 * @property {{id: string, name: string, region?: string, service_centre?: string, agreement?: string, vip?: boolean}[]} [customers] of the contacts
 */

/**
 * A call that is offered to this agent.
 * @typedef {object} Pop
 * @property {string} id of the push, "" when only the phone told of the call
 * @property {string} [at] when it was offered, RFC 3339
 * @property {string} call
 * @property {string} number
 * @property {string} name
 * @property {string} did
 * @property {string} queue
 * @property {string} why owner, skill N, team, everyone, manager, adopted, handover, return, expert, monitor, takeover
 * @property {string} ring1
 * @property {number} ring
 * @property {number} cycle_ms
 * @property {string} deadline
 * @property {string} [hand_by]
 * @property {string} [note]
 * @property {Card|null} [card]
 * @property {{zh: string, en: string}} [greeting]
 */

/**
 * The call this agent talks on or wraps up.
 * @typedef {object} Call
 * @property {string} call
 * @property {string} number
 * @property {string} name
 * @property {string} queue
 * @property {string} [since] when the talk began
 * @property {string} [caseNumber]
 * @property {string} [owner]
 * @property {boolean} held
 * @property {boolean} [unheard] nothing comes from the caller's side
 * @property {string} hand to whom it is offered now: a login, queue:NAME or manager; "" when to nobody
 * @property {string} expert login of who was asked to join; "" when nobody was
 * @property {boolean} expertIn the expert is in the conversation
 * @property {string} as "" for the talker; "expert" who was asked in, "monitor" who listens
 * @property {{by: string, name: string, until: string}|null} offered the talker offers the call to this expert, who is in it already
 * @property {{by: string, name: string, mode: string}|null} monitored
 * @property {{at: string, end: string, talked_ms: number, handed_to?: string, return_by?: string}|null} over
 * @property {Card|null} card
 * @property {{zh: string, en: string}} [greeting]
 * @property {string} why
 */

/**
 * What became of an offer, told calmly for a few seconds.
 * @typedef {object} Notice
 * @property {string} outcome lost, abandoned, missed, declined, unreachable, busy, fault, returned, handback, handtaken
 * @property {string} who
 * @property {number} ring
 * @property {number} at by the server's clock, milliseconds
 */

/**
 * Everything the desk shows that the server decides.
 * @typedef {object} Model
 * @property {{state: "connecting"|"live"|"stale"|"ended", since: number, why: string}} stream
 * @property {View|null} view
 * @property {Pop|null} pop
 * @property {Call|null} call
 * @property {Notice|null} notice
 */

/**
 * How the softphone stands.
 * @typedef {object} PhoneState
 * @property {"off"|"connecting"|"registered"|"waiting"|"refused"|"othertab"} line of several lines, as the best stands
 * @property {number} retryAt milliseconds of Date.now(), while waiting
 * @property {number} others other phones of this account that ring too
 * @property {number} at how many switches know this phone
 * @property {number} of how many there are
 * @property {string[]} away names of the switches where it was tried in vain
 * @property {boolean} cut the line by which the present call came is away
 * @property {"none"|"ringing"|"answering"|"talking"} session
 * @property {boolean} muted
 * @property {string} trouble "" or: mic-refused, mic-missing, mic-lost, mic-withdrawn, mic-busy, mic-swapped, speaker-swapped,
 *   audio-blocked, media-lost
 * @property {string[]} devices names in it: the device that is gone, and the one used instead
 */

/**
 * Softphone account (GET /api/v1/phone).
 * @typedef {object} Account
 * @property {"browser"|"sip"} kind
 * @property {{switch: string, path: string, media: boolean}[]} lines the SIP websockets on this host; none when no switch takes browsers
 * @property {string} uri
 * @property {string} login
 * @property {string} [ha1]
 * @property {string} [realm]
 * @property {RTCIceServer[]} [ice]
 * @property {string} [ice_until] RFC 3339, when the credentials in it expire
 * @property {boolean} media every switch can mix: conference, announcements, listening
 */

export {};
