// @alicloud/pop-core, the old SDK: signature V1, parameters under the API's names, replies as data; by GET and by POST.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';

import { RPCClient } from '@alicloud/pop-core';

import { anHourAgo, cases, host, requestId, sortTags } from './shared.mjs';

const clientOf = (accessKeyId, accessKeySecret) => new RPCClient({
  endpoint: `http://${host}`,
  apiVersion: '2014-05-26',
  accessKeyId,
  accessKeySecret,
});

const client = clientOf('testid', 'testsecret');

const ids = (reply) => reply.Snapshots.Snapshot.map((snapshot) => snapshot.SnapshotId);

const tags = (snapshot) => Object.fromEntries(snapshot.Tags.Tag.map((tag) => [tag.TagKey, tag.TagValue]));

for (const method of ['GET', 'POST']) {
  const describeSnapshots = (parameters) => client.request('DescribeSnapshots', parameters, { method });

  const describeSnapshot = async (RegionId, snapshotId) => {
    const reply = await describeSnapshots({ RegionId, SnapshotIds: JSON.stringify([snapshotId]) });
    assert.equal(reply.Snapshots.Snapshot.length, 1);
    return reply.Snapshots.Snapshot[0];
  };

  describe(`filters by ${method}`, () => {
    for (const { name, parameters, SnapshotIds, TotalCount = SnapshotIds.length } of cases.filters) {
      test(name, async () => {
        const reply = await describeSnapshots(parameters);
        assert.deepEqual(ids(reply), SnapshotIds);
        assert.equal(reply.TotalCount, TotalCount);
      });
    }
  });

  describe(`errors by ${method}`, () => {
    for (const { name, parameters, status, code } of cases.errors) {
      test(name, async () => {
        await assert.rejects(describeSnapshots(parameters), (error) => {
          assert.equal(error.name, `${code}Error`);
          assert.deepEqual([error.entry.response.statusCode, error.code], [status, code]);
          return true;
        });
      });
    }

    test('RegionId is required', async () => {
      await assert.rejects(describeSnapshots({}), { code: 'MissingParameter', message: /"RegionId"/ });
    });

    test('an error with everything in it', async () => {
      await assert.rejects(describeSnapshots({ RegionId: 'cn-hangzhou', Usage: 'backup' }), (error) => {
        assert.equal(error.name, 'InvalidUsageError');
        assert.equal(error.entry.response.statusCode, 404);
        assert.equal(error.data.Message, 'The specified Usage is not valid');
        assert.match(error.data.RequestId, requestId);
        assert.equal(error.data.HostId, host);
        return true;
      });
    });
  });

  describe(`authentication by ${method}`, () => {
    const empty = { RegionId: 'cn-shanghai' };

    /** The refusal that answers a request of any client. */
    const refusalOf = async (ofClient, parameters = {}) => {
      try {
        await ofClient.request('DescribeSnapshots', { ...empty, ...parameters }, { method });
      } catch (error) {
        assert.equal(error.name, `${error.code}Error`);
        return { status: error.entry.response.statusCode, code: error.code, message: error.data.Message };
      }
      assert.fail('no error');
    };

    test('wrong secret', async () => {
      const { status, code, message } = await refusalOf(clientOf('testid', 'not the secret'));
      assert.deepEqual([status, code], [400, 'SignatureDoesNotMatch']);
      const beginning = 'Specified signature is not matched with our calculation. server string to sign is:';
      assert.ok(message.startsWith(`${beginning}${method}&%2F&AccessKeyId%3Dtestid%26`), message);
    });

    test('unknown key', async () => {
      assert.deepEqual(await refusalOf(clientOf('nobody', 'testsecret')), cases.refusals['unknown key']);
    });

    // The SDK lets parameters take the place of its own.
    test('stale clock', async () => {
      assert.deepEqual(await refusalOf(client, { Timestamp: anHourAgo() }), cases.refusals['stale clock']);
    });

    test('nonce used twice', async () => {
      const SignatureNonce = randomUUID();
      assert.deepEqual(ids(await describeSnapshots({ ...empty, SignatureNonce })), []);
      assert.deepEqual(await refusalOf(client, { SignatureNonce }), cases.refusals['nonce used twice']);
    });
  });

  describe(`fields by ${method}`, () => {
    for (const expected of cases.snapshots) {
      test(expected.SnapshotId, async () => {
        const snapshot = await describeSnapshot(expected.RegionId, expected.SnapshotId);
        // The SDK's JSON has objects without a prototype.
        assert.deepEqual(sortTags(structuredClone(snapshot)), expected);
      });
    }

    test('of a snapshot without a name', async () => {
      const unnamed = await describeSnapshot('cn-hangzhou', 's-23odd0002');
      assert.ok(!('SnapshotName' in unnamed));
      assert.equal(unnamed.Description, 'never got a name');
      assert.deepEqual(unnamed.Tags.Tag, []);
    });

    test('with awkward characters', async () => {
      const awkward = await describeSnapshot('cn-hangzhou', 's-23odd0001');
      assert.equal(awkward.SnapshotName, '迁移前 & <备份> "一"');
      assert.deepEqual(tags(awkward), { 说明: 'a=b&c', empty: '' });
    });

    test('of a snapshot in progress', async () => {
      const until2066 = await describeSnapshot('cn-beijing', 's-2zestate00000000000d');
      assert.equal(until2066.Status, 'progressing');
      assert.equal(until2066.Available, false);
      assert.ok(Number.isInteger(until2066.RemainTime));
      assert.ok(until2066.RemainTime > 0);
      assert.match(until2066.Progress, /^\d{1,2}%$/);
    });

    test('of an empty list', async () => {
      const reply = await describeSnapshots({ RegionId: 'cn-shanghai' });
      assert.deepEqual(reply.Snapshots.Snapshot, []);
      assert.deepEqual([reply.TotalCount, reply.PageNumber, reply.PageSize], [0, 1, 10]);
    });
  });

  describe(`pages by ${method}`, () => {
    const everything = async () => {
      const expected = ids(await describeSnapshots({ RegionId: 'cn-hangzhou', PageSize: 100 }));
      assert.equal(new Set(expected).size, 36);
      return expected;
    };

    test('by number', async () => {
      const expected = await everything();
      const found = [];
      for (const [index, length] of [7, 7, 7, 7, 7, 1, 0].entries()) {
        const page = await describeSnapshots({ RegionId: 'cn-hangzhou', PageNumber: index + 1, PageSize: 7 });
        assert.equal(ids(page).length, length);
        assert.deepEqual([page.PageNumber, page.PageSize, page.TotalCount], [index + 1, 7, 36]);
        assert.ok(!('NextToken' in page));
        found.push(...ids(page));
      }
      assert.deepEqual(found, expected);
    });

    test('by token', async () => {
      const expected = await everything();
      const found = [];
      let token = {};
      for (const length of [10, 10, 10, 6]) {
        const page = await describeSnapshots({ RegionId: 'cn-hangzhou', MaxResults: 10, ...token });
        assert.equal(ids(page).length, length);
        found.push(...ids(page));
        token = 'NextToken' in page ? { NextToken: page.NextToken } : undefined;
      }
      assert.deepEqual(found, expected);
      assert.equal(token, undefined);
    });
  });
}
