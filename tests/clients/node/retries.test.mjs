// What the SDKs send again: nothing, unless the new one is told to.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import ecs from '@alicloud/ecs20140526';
import openapi from '@alicloud/openapi-core';
import { RPCClient } from '@alicloud/pop-core';
import * as darabonba from '@darabonba/typescript';

import { host, sandboxFor } from './shared.mjs';

/** They go wrong with every call, for as long as they are planned. */
const effects = {
  Throttling: { Code: 'Throttling', Status: 400, Message: 'Too many.' },
  'Throttling.User': { Throttling: {} },
  503: { Code: 'ServiceUnavailable' },
  reset: { Connection: 'reset' },
  empty: { Connection: 'empty' },
};

const request = { RegionId: 'cn-hangzhou' };

function describeSnapshots({ accessKeyId, accessKeySecret }, retryOptions) {
  const config = { endpoint: host, protocol: 'http', accessKeyId, accessKeySecret, retryOptions };
  const client = new ecs.default(new openapi.$OpenApiUtil.Config(config));
  return client.describeSnapshots(new ecs.DescribeSnapshotsRequest({ regionId: request.RegionId }));
}

describe('once by itself', () => {
  for (const [name, effect] of Object.entries(effects)) {
    test(`pop-core, ${name}`, async (t) => {
      const sandbox = await sandboxFor(t);
      await sandbox.plan(effect);
      const { accessKeyId, accessKeySecret } = sandbox;
      const client = new RPCClient({ accessKeyId, accessKeySecret, endpoint: `http://${host}`, apiVersion: '2014-05-26' });
      await assert.rejects(client.request('DescribeSnapshots', request, { method: 'POST' }));
      assert.equal(await sandbox.attempts('DescribeSnapshots'), 1);
    });
    test(`ecs20140526, ${name}`, async (t) => {
      const sandbox = await sandboxFor(t);
      await sandbox.plan(effect);
      await assert.rejects(describeSnapshots(sandbox));
      assert.equal(await sandbox.attempts('DescribeSnapshots'), 1);
    });
  }
});

describe('as often as the retry options say', () => {
  for (const [name, code] of [['Throttling', 'Throttling'], ['Throttling.User', 'Throttling.User'], ['503', 'ServiceUnavailable']]) {
    test(name, async (t) => {
      const sandbox = await sandboxFor(t);
      await sandbox.plan(effects[name]);
      // A condition needs both lists: where one is missing, the SDK fails in its own loop.
      const condition = { maxAttempts: 3, exception: [], errorCode: [code] };
      const options = new darabonba.RetryOptions({ retryable: true, retryCondition: [condition] });
      await assert.rejects(describeSnapshots(sandbox, options));
      assert.equal(await sandbox.attempts('DescribeSnapshots'), 3);
    });
  }
});
