// What both suites share: where the server is, the cases of cases.json, and what requests and replies have in common.

import assert from 'node:assert/strict';
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
