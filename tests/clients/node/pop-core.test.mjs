// @alicloud/pop-core, the old SDK: signature V1, parameters under the API's names, replies as data; by GET and by POST.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';

import { RPCClient } from '@alicloud/pop-core';

import { anHourAgo, cases, host, requestId, sandboxFor, sortTags } from './shared.mjs';

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

  // Create, wait, tag, find by tag, modify, copy, lock, image, disk, delete, and what is refused meanwhile.
  test(`the life of a snapshot by ${method}`, async (t) => {
    const RegionId = 'cn-hangzhou';
    const sandbox = await sandboxFor(t);
    const own = clientOf(sandbox.accessKeyId, sandbox.accessKeySecret);
    const ask = (action, parameters) => own.request(action, parameters, { method });

    const refused = (status, code, action, parameters) => assert.rejects(ask(action, parameters), (error) => {
      assert.equal(error.name, `${code}Error`);
      assert.deepEqual([error.entry.response.statusCode, error.code], [status, code]);
      return true;
    });

    const shown = async (parameters) => {
      const { Snapshots } = await ask('DescribeSnapshots', { RegionId, ...parameters });
      return Snapshots.Snapshot;
    };

    // Create and wait. A request that is sent again makes no second snapshot.
    const Tag = [{ Key: '说明', Value: 'a=b&c' }];
    const create = { DiskId: 'd-web', SnapshotName: 'nightly', ClientToken: 'once', Tag };
    const { SnapshotId, RequestId } = await ask('CreateSnapshot', create);
    const again = await ask('CreateSnapshot', create);
    assert.equal(again.SnapshotId, SnapshotId);
    assert.notEqual(again.RequestId, RequestId);
    const other = { DiskId: 'd-web', ClientToken: 'once' };
    await refused(403, 'IdempotentParameterMismatch', 'CreateSnapshot', other);
    const modify = { SnapshotId, Description: 'changed', RetentionDays: 30 };
    await refused(400, 'InvalidSnapshotId.NotReady', 'ModifySnapshotAttribute', modify);

    const [progressing] = await shown();
    assert.deepEqual([progressing.Status, progressing.Progress, progressing.RemainTime], ['progressing', '0%', 2]);
    assert.equal(progressing.Available, true);
    assert.ok(!('RetentionDays' in progressing));
    await sandbox.advance(2);
    const [accomplished] = await shown();
    assert.deepEqual([accomplished.Status, accomplished.Progress], ['accomplished', '100%']);
    assert.ok(!('RemainTime' in accomplished));
    assert.deepEqual([accomplished.SnapshotId, accomplished.SnapshotName], [SnapshotId, 'nightly']);
    assert.deepEqual([accomplished.SourceDiskId, accomplished.SourceDiskSize], ['d-web', 20]);

    // Tag, find by tag, untag.
    const resource = { RegionId, ResourceType: 'snapshot', ResourceId: [SnapshotId] };
    const env = { Key: 'env', Value: 'test' };
    await ask('TagResources', { ...resource, Tag: [env] });
    const byTags = { Tag: [...Tag, env] };
    assert.deepEqual((await shown(byTags)).map((snapshot) => snapshot.SnapshotId), [SnapshotId]);
    const { TagResources } = await ask('ListTagResources', resource);
    const pairs = TagResources.TagResource.map((tag) => [tag.TagKey, tag.TagValue]);
    assert.deepEqual(Object.fromEntries(pairs), { env: 'test', 说明: 'a=b&c' });
    await ask('UntagResources', { ...resource, TagKey: ['env'] });
    assert.deepEqual(await shown(byTags), []);

    // Modify.
    await ask('ModifySnapshotAttribute', modify);
    const [modified] = await shown();
    assert.deepEqual([modified.Description, modified.RetentionDays], ['changed', 30]);

    // Copy.
    const copy = await ask('CopySnapshot', {
      RegionId,
      SnapshotId,
      DestinationRegionId: 'cn-beijing',
      DestinationSnapshotName: 'copy',
      DestinationSnapshotDescription: 'of the nightly one',
    });
    await sandbox.advance(2);
    const [copied] = await shown({ RegionId: 'cn-beijing' });
    assert.deepEqual([copied.SnapshotId, copied.SnapshotName], [copy.SnapshotId, 'copy']);
    assert.deepEqual([copied.SourceSnapshotId, copied.SourceRegionId], [SnapshotId, RegionId]);
    assert.equal(copied.Status, 'accomplished');

    // Lock: nobody deletes it, and while it cools off it can be unlocked.
    const identity = { RegionId, SnapshotId };
    const lock = { ...identity, LockMode: 'compliance', LockDuration: 7, CoolOffPeriod: 3 };
    const { LockedSnapshotInfo } = await ask('LockSnapshot', lock);
    assert.deepEqual([LockedSnapshotInfo.LockStatus, LockedSnapshotInfo.LockDuration], ['compliance-cooloff', 7]);
    await refused(403, 'InvalidOperation.SnapshotLocked', 'DeleteSnapshot', { SnapshotId });
    const { LockedSnapshotsInfo } = await ask('DescribeLockedSnapshots', { RegionId });
    assert.deepEqual(LockedSnapshotsInfo.map((info) => info.SnapshotId), [SnapshotId]);
    await ask('UnlockSnapshot', identity);
    assert.deepEqual((await ask('DescribeLockedSnapshots', { RegionId })).LockedSnapshotsInfo, []);

    // An image and a disk of it, which keep it.
    const { ImageId } = await ask('CreateImage', { ...identity, ImageName: 'of-the-nightly' });
    const { DiskId } = await ask('CreateDisk', { ...identity, ZoneId: 'cn-hangzhou-h', DiskCategory: 'cloud_essd' });
    assert.deepEqual((await shown()).map((snapshot) => snapshot.Usage), ['image_disk']);
    const { Disks } = await ask('DescribeDisks', identity);
    const disks = Disks.Disk.map((disk) => [disk.DiskId, disk.Size, disk.Status, disk.SourceSnapshotId]);
    assert.deepEqual(disks, [[DiskId, 20, 'Available', SnapshotId]]);
    await refused(403, 'SnapshotCreatedImage', 'DeleteSnapshot', { SnapshotId });
    await ask('DeleteImage', { RegionId, ImageId });
    await refused(403, 'SnapshotCreatedDisk', 'DeleteSnapshot', { SnapshotId });
    await ask('DeleteDisk', { DiskId });

    // Delete.
    assert.match((await ask('DeleteSnapshot', { SnapshotId })).RequestId, requestId);
    assert.deepEqual(await shown(), []);
    await refused(404, 'InvalidSnapshotId.NotFound', 'DeleteSnapshot', { SnapshotId });
  });

  // Create of two disks, wait, find, modify, tag, delete.
  test(`the life of a group of snapshots by ${method}`, async (t) => {
    const RegionId = 'cn-hangzhou';
    const sandbox = await sandboxFor(t);
    const own = clientOf(sandbox.accessKeyId, sandbox.accessKeySecret);
    const ask = (action, parameters) => own.request(action, { RegionId, ...parameters }, { method });
    const shown = async (parameters) => {
      const { SnapshotGroups } = await ask('DescribeSnapshotGroups', parameters);
      return SnapshotGroups.SnapshotGroup;
    };
    const tagsOf = ({ Tags }) => Object.fromEntries(Tags.Tag.map(({ Key, Value }) => [Key, Value]));

    const Tag = [{ Key: '说明', Value: 'a=b&c' }];
    const create = { DiskId: ['d-web', 'd-data'], Name: 'both', ClientToken: 'once', Tag };
    const { SnapshotGroupId } = await ask('CreateSnapshotGroup', create);
    assert.equal((await ask('CreateSnapshotGroup', create)).SnapshotGroupId, SnapshotGroupId);
    const [progressing] = await shown();
    assert.deepEqual([progressing.SnapshotGroupId, progressing.Name], [SnapshotGroupId, 'both']);
    assert.deepEqual([progressing.Status, progressing.InstanceId], ['progressing', 'i-web']);
    assert.deepEqual(tagsOf(progressing), { 说明: 'a=b&c' });
    const members = progressing.Snapshots.Snapshot;
    assert.deepEqual(members.map((member) => member.SourceDiskId).sort(), ['d-data', 'd-web']);
    for (const member of members) {
      assert.deepEqual(tagsOf(member), { 'acs:ecs:createFrom': 'i-web' });
    }
    assert.deepEqual(await shown({ Status: ['accomplished', 'failed'] }), []);
    await sandbox.advance(2);
    const asked = { Status: ['accomplished'], InstanceId: 'i-web', SnapshotGroupId: [SnapshotGroupId] };
    const [accomplished] = await shown(asked);
    assert.deepEqual(accomplished.Snapshots.Snapshot.map((member) => member.Progress), ['100%', '100%']);

    await ask('ModifySnapshotGroup', { SnapshotGroupId, Name: 'changed', Description: 'of two disks' });
    const [modified] = await shown({ Name: 'changed' });
    assert.equal(modified.Description, 'of two disks');
    const env = { Key: 'env', Value: 'test' };
    await ask('TagResources', { ResourceType: 'snapshotgroup', ResourceId: [SnapshotGroupId], Tag: [env] });
    const [tagged] = await shown({ Tag: [env] });
    assert.deepEqual(tagsOf(tagged), { env: 'test', 说明: 'a=b&c' });

    const { OperationProgressSet } = await ask('DeleteSnapshotGroup', { SnapshotGroupId });
    const told = OperationProgressSet.OperationProgress.map((of) => [of.OperationStatus, of.RelatedItemSet.RelatedItem[0].Value]);
    assert.deepEqual(told, members.map((member) => ['Success', member.SnapshotId]));
    assert.deepEqual(await shown(), []);
    await assert.rejects(ask('DeleteSnapshotGroup', { SnapshotGroupId }), (error) => {
      assert.deepEqual([error.entry.response.statusCode, error.code], [404, 'InvalidSnapshotGroup.NotFound']);
      return true;
    });
  });

  // Create, find, modify, apply, find from both sides, cancel, delete, and what is refused meanwhile.
  test(`a policy and its disk by ${method}`, async (t) => {
    const RegionId = 'cn-hangzhou';
    const sandbox = await sandboxFor(t);
    const own = clientOf(sandbox.accessKeyId, sandbox.accessKeySecret);
    const ask = (action, parameters) => own.request(action, { RegionId, ...parameters }, { method });

    const times = { timePoints: '["1","22"]', repeatWeekdays: '["1"]', retentionDays: 30 };
    const create = { ...times, autoSnapshotPolicyName: '夜间' };
    const { AutoSnapshotPolicyId } = await ask('CreateAutoSnapshotPolicy', create);
    const policy = { autoSnapshotPolicyId: AutoSnapshotPolicyId };
    const shown = async () => {
      const { AutoSnapshotPolicies } = await ask('DescribeAutoSnapshotPolicyEx', policy);
      return AutoSnapshotPolicies.AutoSnapshotPolicy;
    };
    const [found] = await shown();
    assert.deepEqual([found.AutoSnapshotPolicyName, found.Status, found.DiskNums], ['夜间', 'Normal', 0]);
    assert.deepEqual([found.TimePoints, found.RetentionDays], ['["1","22"]', 30]);
    await ask('ModifyAutoSnapshotPolicyEx', { ...policy, retentionDays: -1 });
    assert.deepEqual((await shown()).map((changed) => changed.RetentionDays), [-1]);
    const diskIds = '["d-web"]';
    await ask('ApplyAutoSnapshotPolicy', { ...policy, diskIds });
    const { Disks } = await ask('DescribeDisks', { AutoSnapshotPolicyId });
    assert.deepEqual(Disks.Disk.map((disk) => [disk.DiskId, disk.AutoSnapshotPolicyId]), [['d-web', AutoSnapshotPolicyId]]);
    const of = { DiskId: 'd-web' };
    const { AutoSnapshotPolicyAssociations } = await ask('DescribeAutoSnapshotPolicyAssociations', of);
    const pairs = AutoSnapshotPolicyAssociations.AutoSnapshotPolicyAssociation;
    assert.deepEqual(pairs.map((pair) => [pair.AutoSnapshotPolicyId, pair.DiskId]), [[AutoSnapshotPolicyId, 'd-web']]);
    await ask('CancelAutoSnapshotPolicy', { diskIds });
    assert.deepEqual((await ask('DescribeDisks', { AutoSnapshotPolicyId })).Disks.Disk, []);
    await ask('DeleteAutoSnapshotPolicy', policy);
    assert.deepEqual(await shown(), []);
    await assert.rejects(ask('DeleteAutoSnapshotPolicy', policy), (error) => {
      assert.deepEqual([error.entry.response.statusCode, error.code], [404, 'ParameterInvalid']);
      return true;
    });
  });
}
