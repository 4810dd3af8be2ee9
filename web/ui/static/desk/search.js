// @ts-check

/** @type {Readonly<Record<string, number>>} */
const order = Object.freeze({ ready: 0, wrapup: 1, talking: 2, ringing: 2, offered: 2, paused: 3, unreachable: 4, offline: 5 });

/**
 * Colleagues whose name, login or team has every word of what was typed; who is ready comes first, then by name.
 * @template {{login: string, name: string, team?: string, state: string}} T
 * @param {T[]} agents
 * @param {string} typed
 * @returns {T[]}
 */
export function matching(agents, typed) {
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return agents
    .filter((a) => words.every((w) => [a.login, a.name, a.team ?? ""].some((s) => s.toLowerCase().includes(w))))
    .sort((a, b) => (order[a.state] ?? 6) - (order[b.state] ?? 6) || a.name.localeCompare(b.name) || a.login.localeCompare(b.login));
}
