// What both suites share: where the server is, the cases of cases.json, what requests and replies have in common, and
// sandboxes of one's own.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

const { ECS_MOCK_CASES, ECS_MOCK_HOST } = process.env;
assert.ok(ECS_MOCK_CASES && ECS_MOCK_HOST, 'tests/clients/run sets ECS_MOCK_CASES and ECS_MOCK_HOST');

/** The server's host and port. */
export const host = ECS_MOCK_HOST;

export const cases = JSON.parse(readFileSync(ECS_MOCK_CASES, 'utf8'));

export const requestId = /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;

/** The time that a client's clock shows which is an hour behind. */
export const anHourAgo = () => new Date(Date.now() - 3600 * 1000).toISOString().replace(/\.\d+/, '');

/** The tags of a snapshot as the API shows it, in the order of their keys. */
export function sortTags(snapshot) {
  snapshot.Tags.Tag.sort((one, other) => (one.TagKey < other.TagKey ? -1 : 1));
  return snapshot;
}

/** A request of the control plane, below the sandboxes; gives the reply as data. */
async function control(method, path, body) {
  const response = await fetch(`http://${host}/_mock/v1/sandboxes${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return text && JSON.parse(text);
}

/**
 * A sandbox with the state of cases.json, for the length of the test. Its clock stands, and a snapshot takes two
 * seconds. Gives its key, what moves its clock, and what plans faults and counts calls.
 */
export async function sandboxFor(test) {
  const settings = { Clock: { Mode: 'frozen' }, Settings: { SnapshotSeconds: 2 } };
  const Name = randomUUID();
  const { AccessKeyId, AccessKeySecret } = await control('POST', '', { Name, From: 'empty', ...settings });
  test.after(() => control('DELETE', `/${Name}`));
  await control('POST', `/${Name}/state`, cases.state);
  return {
    accessKeyId: AccessKeyId,
    accessKeySecret: AccessKeySecret,
    advance: (Seconds) => control('POST', `/${Name}/clock/advance`, { Seconds }),
    /** Has something go wrong with every call. */
    plan: (Effect) => control('POST', `/${Name}/faults`, { Match: { Action: '*' }, Effect }),
    /** How often it was asked for an action. */
    attempts: async (Action) => (await control('POST', `/${Name}/requests/verify`, { Action })).Matching,
  };
}
