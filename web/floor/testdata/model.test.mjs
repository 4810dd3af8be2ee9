// Feeds the wallboard's model with days that package queue has counted, and compares. The file with the days is named by
// FLOOR_DAYS; TestModelSaysWhatNumbersSay writes it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { fingerprint } from "../../ui/static/floor/drift.js";
import { FloorModel } from "../../ui/static/floor/model.js";
import { micros } from "../../ui/static/floor/time.js";

const days = JSON.parse(readFileSync(process.env.FLOOR_DAYS, "utf8"));

/** Durations come out of nanoseconds there and of microseconds here. */
function near(got, want, what) {
  if (want === null || got === null) return assert.equal(got, want, what);
  assert.ok(Math.abs(got - want) <= 1e-3 + Math.abs(want) * 1e-9, `${what}: ${got}, want ${want}`);
}

function compareWindow(got, want, what) {
  for (const key of ["offered", "decided", "answered", "met", "abandoned", "short", "machine", "callbacks", "lost", "flow_out"]) {
    assert.equal(got[key], want[key], `${what}.${key}`);
  }
  assert.deepEqual(got.abandoned_by_ring, want.abandoned_by_ring, `${what} abandons by ring`);
  for (const key of ["three_rings", "three_rings_no_short", "app_queue_sl", "app_queue_sl2", "connect_sl", "genesys_sl", "asa_s", "aht_s"]) {
    near(got[key], want[key], `${what}.${key}`);
  }
}

function compare(model, check, what) {
  const now = micros(check.now);
  for (const want of check.queues) {
    const got = model.queue(want.queue, now);
    const name = `${what}, queue ${want.queue}`;
    for (const key of ["waiting", "talking", "longest_ring", "staffed", "needed", "missing"]) assert.equal(got[key], want[key], `${name}.${key}`);
    for (const key of ["longest_wait_s", "load_erlang"]) near(got[key], want[key], `${name}.${key}`);
    assert.deepEqual(got.agents, want.agents, `${name} agents`);
    compareWindow(got.today, want.today, `${name} today`);
    compareWindow(got.last_30_min, want.last_30_min, `${name} last 30 minutes`);
    near(got.today.occupancy, want.today.occupancy, `${name} occupancy`);
    const waits = got.calls.map((c) => c.ring1);
    assert.deepEqual(waits, waits.toSorted((a, b) => a - b), `${name}: the longest waiting first`);
  }
  for (const want of check.agents) {
    const a = model.agents.get(want.login);
    const today = model.agentToday(a, now);
    assert.equal(a.state || "offline", want.state, `${what}, state of ${want.login}`);
    for (const key of ["offered", "answered", "missed", "declined"]) assert.equal(today[key], want.today[key], `${what}, ${want.login}.${key}`);
    near(today.talked_us / 1e6, want.today.talk_s, `${what}, talk of ${want.login}`);
    near(today.wrapped_us / 1e6, want.today.wrapup_s, `${what}, wrap-up of ${want.login}`);
    near(today.staffed_us / 1e6, want.today.staffed_s, `${what}, ${want.login} staffed`);
  }
  // A model that starts from this very instant is the same as one that has counted up to it.
  assert.deepEqual(fingerprint(model, now), fingerprint(new FloorModel(check.floor), now), `${what}: counted on and begun anew`);
}

for (const [n, day] of days.entries()) {
  test(`day ${n}`, () => {
    const model = new FloorModel(day.start);
    let events = 0;
    for (const step of day.steps) {
      if (step.event) { model.apply(step.event); events++; }
      else compare(model, step.check, `day ${n} after ${events} events`);
    }
    assert.ok(events > 100);
  });
}

test("times", () => {
  assert.equal(micros("2026-11-22T09:00:00Z"), 1795338000000000);
  assert.equal(micros("2026-11-22T17:00:00.123456789+08:00"), 1795338000123456);
  assert.ok(Number.isNaN(micros("yesterday")) && Number.isNaN(micros(undefined)));
});
