// @ts-check
/**
 * @typedef {{code: string, name: string}} Choice
 * @typedef {{code: string, name: string, type: string, unit?: string, optional?: boolean, min?: number, choices?: Choice[]}} Field
 * @typedef {{code: string, kind: string, name: string, via?: string[], min: number, have: number, or_waiver?: boolean, optional?: boolean, document?: string, locked?: string, fields?: Field[]}} Need
 * @typedef {{code: string, name: string, hint?: string, state: string, after: string[], optional?: boolean, mine: boolean, needs: Need[]}} Step
 * @typedef {{step: string, need: string, kind: string, via: string, body?: any, at: string, device_at?: string, client?: string, pending?: boolean}} Evidence
 * @typedef {{id: string, number: string, kind: string, state: string, customer: string, contact: string, phone: string, region: string, product: string, subject: string, situation: string, promised_from?: string, promised_to?: string, planned_from?: string, planned_to?: string, previous?: string, code?: string, code_checked?: string, code_via?: string, steps: Step[], evidence: Evidence[], checklist: {name: string, items: Choice[]}, mail?: boolean, mail_known?: string}} Visit
 * @typedef {{client: string, order: string, number: string, kind: string, body: any, device_at: string, got_at: string, detail: string}} Conflict
 * @typedef {{login: string, name: string, now: string, zone?: string, visits: Visit[], conflicts: Conflict[]}} Data
 * @typedef {{seq?: number, client: string, login: string, order: string, kind: string, body: any, device_at: string, file?: Blob, file_name?: string, trouble?: string}} Action
 * @typedef {{client: string, outcome: string, what?: string, do?: string, lacks?: string[], at: string, visit?: Visit, url?: string, qr?: string}} Answer
 */
export {};
