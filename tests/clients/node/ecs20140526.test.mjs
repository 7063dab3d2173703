// @alicloud/ecs20140526, the current SDK: signature V3, typed requests and typed replies.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';

import ecs from '@alicloud/ecs20140526';
import openapi from '@alicloud/openapi-core';
import { ClientError } from '@alicloud/openapi-core/dist/exceptions/error.js';
import * as darabonba from '@darabonba/typescript';

import { anHourAgo, cases, host, requestId, sandboxFor, sortTags } from './shared.mjs';

const clientOf = (settings) => new ecs.default(new openapi.$OpenApiUtil.Config({
  endpoint: host,
  protocol: 'http',
  accessKeyId: 'testid',
  accessKeySecret: 'testsecret',
  ...settings,
}));

const client = clientOf({});

/** DescribeSnapshots by parameters under the API's names; gives the typed body of the reply. */
async function describeSnapshots(parameters, { ofClient = client, headers = {} } = {}) {
  const request = darabonba.cast(parameters, new ecs.DescribeSnapshotsRequest({}));
  // What the request class does not know goes the way that the SDK has for it.
  const known = Object.values(ecs.DescribeSnapshotsRequest.names());
  const queries = Object.fromEntries(Object.entries(parameters).filter(([name]) => !known.includes(name)));
  const extendsParameters = new darabonba.ExtendsParameters({ headers, queries });
  const runtime = new darabonba.RuntimeOptions({ extendsParameters });
  return (await ofClient.describeSnapshotsWithOptions(request, runtime)).body;
}

/** One snapshot, typed. */
async function describeSnapshot(RegionId, snapshotId) {
  const body = await describeSnapshots({ RegionId, SnapshotIds: JSON.stringify([snapshotId]) });
  assert.equal(body.snapshots.snapshot.length, 1);
  return body.snapshots.snapshot[0];
}

const ids = (body) => body.snapshots.snapshot.map((snapshot) => snapshot.snapshotId);

const tags = (snapshot) => Object.fromEntries(snapshot.tags.tag.map((tag) => [tag.tagKey, tag.tagValue]));

describe('filters', () => {
  for (const { name, parameters, SnapshotIds, TotalCount = SnapshotIds.length } of cases.filters) {
    test(name, async () => {
      const body = await describeSnapshots(parameters);
      assert.deepEqual(ids(body), SnapshotIds);
      assert.equal(body.totalCount, TotalCount);
    });
  }
});

describe('errors', () => {
  for (const { name, parameters, status: statusCode, code } of cases.errors) {
    test(name, async () => {
      await assert.rejects(describeSnapshots(parameters), (error) => {
        assert.ok(error instanceof ClientError);
        assert.deepEqual({ statusCode: error.statusCode, code: error.code }, { statusCode, code });
        return true;
      });
    });
  }

  test('RegionId is required', async () => {
    await assert.rejects(describeSnapshots({}), { code: 'MissingParameter', message: /"RegionId"/ });
  });

  test('an error of its own class, with everything in it', async () => {
    await assert.rejects(describeSnapshots({ RegionId: 'cn-hangzhou', Usage: 'backup' }), (error) => {
      assert.ok(error instanceof ClientError);
      assert.equal(error.statusCode, 404);
      assert.equal(error.code, 'InvalidUsage');
      assert.match(error.message, /The specified Usage is not valid/);
      assert.match(error.data.RequestId, requestId);
      assert.equal(error.data.HostId, host);
      return true;
    });
  });
});

describe('authentication', () => {
  const empty = { RegionId: 'cn-shanghai' };

  /** The refusal that answers a request with these settings of the client, or headers. */
  const refusalOf = async ({ settings, headers }) => {
    try {
      await describeSnapshots(empty, { ofClient: clientOf(settings), headers });
    } catch (error) {
      assert.ok(error instanceof ClientError);
      return { status: error.statusCode, code: error.code, message: error.data.Message };
    }
    assert.fail('no error');
  };

  test('wrong secret', async () => {
    const { status, code, message } = await refusalOf({ settings: { accessKeySecret: 'not the secret' } });
    assert.deepEqual([status, code], [400, 'SignatureDoesNotMatch']);
    const beginning = 'Specified signature does not match our calculation. server StringToSign is [ACS3-';
    assert.ok(message.startsWith(beginning), message);
  });

  test('unknown key', async () => {
    const refusal = await refusalOf({ settings: { accessKeyId: 'nobody' } });
    assert.deepEqual(refusal, cases.refusals['unknown key']);
  });

  // The SDK lets headers take the place of its own, before it signs.
  test('stale clock', async () => {
    const refusal = await refusalOf({ headers: { 'x-acs-date': anHourAgo() } });
    assert.deepEqual(refusal, cases.refusals['stale clock']);
  });

  test('nonce used twice', async () => {
    const headers = { 'x-acs-signature-nonce': randomUUID() };
    assert.deepEqual(ids(await describeSnapshots(empty, { headers })), []);
    assert.deepEqual(await refusalOf({ headers }), cases.refusals['nonce used twice']);
  });

  test('signature V1', async () => {
    const settings = { signatureAlgorithm: 'v2' };
    const body = await describeSnapshots({ RegionId: 'cn-qingdao', PageSize: 2 }, { ofClient: clientOf(settings) });
    assert.deepEqual(ids(body), ['s-943ypfgic', 's-94osg320e']);
    const { message } = await refusalOf({ settings: { ...settings, accessKeySecret: 'not the secret' } });
    assert.match(message, /^Specified signature is not matched with our calculation. server string to sign is:POST&/);
  });
});

describe('fields', () => {
  for (const expected of cases.snapshots) {
    test(expected.SnapshotId, async () => {
      const snapshot = await describeSnapshot(expected.RegionId, expected.SnapshotId);
      // The API documents the size of the disk as a text and sends a number; the SDK goes by the documentation.
      const SourceDiskSize = String(expected.SourceDiskSize);
      assert.deepEqual(sortTags(snapshot.toMap()), { ...expected, SourceDiskSize });
    });
  }

  test('as attributes', async () => {
    const ledger = await describeSnapshot('cn-beijing', 's-2zepayments000000001');
    assert.equal(ledger.snapshotName, 'payments-ledger-1');
    assert.equal(ledger.encrypted, true);
    assert.equal(ledger.KMSKeyId, 'f3a1c2d4-7b1e-4c55-9d0a-5c1f0e6b2a77');
    assert.equal(ledger.instantAccessRetentionDays, 3);
    assert.equal(ledger.remainTime, undefined);
    assert.deepEqual(tags(ledger), { app: 'payments', env: 'production', owner: 'ledger-team' });
  });

  test('of a snapshot without a name', async () => {
    const unnamed = await describeSnapshot('cn-hangzhou', 's-23odd0002');
    assert.equal(unnamed.snapshotName, undefined);
    assert.equal(unnamed.description, 'never got a name');
    assert.deepEqual(unnamed.tags.tag, []);
  });

  test('with awkward characters', async () => {
    const awkward = await describeSnapshot('cn-hangzhou', 's-23odd0001');
    assert.equal(awkward.snapshotName, '迁移前 & <备份> "一"');
    assert.deepEqual(tags(awkward), { 说明: 'a=b&c', empty: '' });
  });

  test('of a snapshot in progress', async () => {
    const until2066 = await describeSnapshot('cn-beijing', 's-2zestate00000000000d');
    assert.equal(until2066.status, 'progressing');
    assert.equal(until2066.available, false);
    assert.ok(Number.isInteger(until2066.remainTime));
    assert.ok(until2066.remainTime > 0);
    assert.match(until2066.progress, /^\d{1,2}%$/);
  });

  test('of an empty list', async () => {
    const body = await describeSnapshots({ RegionId: 'cn-shanghai' });
    assert.deepEqual(body.snapshots.snapshot, []);
    assert.deepEqual([body.totalCount, body.pageNumber, body.pageSize], [0, 1, 10]);
  });
});

describe('pages', () => {
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
      assert.deepEqual([page.pageNumber, page.pageSize, page.totalCount], [index + 1, 7, 36]);
      assert.equal(page.nextToken, undefined);
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
      token = { NextToken: page.nextToken };
    }
    assert.deepEqual(found, expected);
    assert.equal(token.NextToken, undefined);
  });
});

/** A sandbox for the length of the test, and a client of it. */
async function ownClient(t) {
  const { accessKeyId, accessKeySecret, advance } = await sandboxFor(t);
  return { own: clientOf({ accessKeyId, accessKeySecret }), advance };
}

// Create, wait, tag, find by tag, modify, copy, lock, image, disk, delete, and what is refused meanwhile.
test('the life of a snapshot', async (t) => {
  const regionId = 'cn-hangzhou';
  const { own, advance } = await ownClient(t);

  const refused = (statusCode, code, answer) => assert.rejects(answer, (error) => {
    assert.ok(error instanceof ClientError);
    assert.deepEqual({ statusCode: error.statusCode, code: error.code }, { statusCode, code });
    return true;
  });

  const shown = async (parameters) => {
    const { body } = await own.describeSnapshots(new ecs.DescribeSnapshotsRequest({ regionId, ...parameters }));
    return body.snapshots.snapshot;
  };

  // Create and wait. A request that is sent again makes no second snapshot.
  const create = new ecs.CreateSnapshotRequest({
    diskId: 'd-web',
    snapshotName: 'nightly',
    clientToken: 'once',
    tag: [new ecs.CreateSnapshotRequestTag({ key: '说明', value: 'a=b&c' })],
  });
  const { body: { snapshotId, requestId: firstRequestId } } = await own.createSnapshot(create);
  const { body: again } = await own.createSnapshot(create);
  assert.equal(again.snapshotId, snapshotId);
  assert.notEqual(again.requestId, firstRequestId);
  const other = new ecs.CreateSnapshotRequest({ diskId: 'd-web', clientToken: 'once' });
  await refused(403, 'IdempotentParameterMismatch', own.createSnapshot(other));
  const modify = new ecs.ModifySnapshotAttributeRequest({ snapshotId, description: 'changed', retentionDays: 30 });
  await refused(400, 'InvalidSnapshotId.NotReady', own.modifySnapshotAttribute(modify));

  const [progressing] = await shown();
  assert.deepEqual([progressing.status, progressing.progress, progressing.remainTime], ['progressing', '0%', 2]);
  assert.equal(progressing.available, true);
  assert.equal(progressing.retentionDays, undefined);
  await advance(2);
  const [accomplished] = await shown();
  assert.deepEqual([accomplished.status, accomplished.progress], ['accomplished', '100%']);
  assert.equal(accomplished.remainTime, undefined);
  assert.deepEqual([accomplished.snapshotId, accomplished.snapshotName], [snapshotId, 'nightly']);
  assert.deepEqual([accomplished.sourceDiskId, accomplished.sourceDiskSize], ['d-web', '20']);

  // Tag, find by tag, untag.
  const resource = { regionId, resourceType: 'snapshot', resourceId: [snapshotId] };
  const env = { key: 'env', value: 'test' };
  const tag = [new ecs.TagResourcesRequestTag(env)];
  await own.tagResources(new ecs.TagResourcesRequest({ ...resource, tag }));
  const byTags = { tag: [{ key: '说明', value: 'a=b&c' }, env].map((pair) => new ecs.DescribeSnapshotsRequestTag(pair)) };
  assert.deepEqual((await shown(byTags)).map((snapshot) => snapshot.snapshotId), [snapshotId]);
  const { body: { tagResources } } = await own.listTagResources(new ecs.ListTagResourcesRequest(resource));
  const pairs = tagResources.tagResource.map(({ tagKey, tagValue }) => [tagKey, tagValue]);
  assert.deepEqual(Object.fromEntries(pairs), { env: 'test', 说明: 'a=b&c' });
  await own.untagResources(new ecs.UntagResourcesRequest({ ...resource, tagKey: ['env'] }));
  assert.deepEqual(await shown(byTags), []);

  // Modify.
  await own.modifySnapshotAttribute(modify);
  const [modified] = await shown();
  assert.deepEqual([modified.description, modified.retentionDays], ['changed', 30]);

  // Copy.
  const copy = await own.copySnapshot(new ecs.CopySnapshotRequest({
    regionId,
    snapshotId,
    destinationRegionId: 'cn-beijing',
    destinationSnapshotName: 'copy',
    destinationSnapshotDescription: 'of the nightly one',
  }));
  await advance(2);
  const [copied] = await shown({ regionId: 'cn-beijing' });
  assert.deepEqual([copied.snapshotId, copied.snapshotName], [copy.body.snapshotId, 'copy']);
  assert.deepEqual([copied.sourceSnapshotId, copied.sourceRegionId], [snapshotId, regionId]);
  assert.equal(copied.status, 'accomplished');

  // Lock: nobody deletes it, and while it cools off it can be unlocked.
  const identity = { regionId, snapshotId };
  const lock = new ecs.LockSnapshotRequest({ ...identity, lockMode: 'compliance', lockDuration: 7, coolOffPeriod: 3 });
  const { body: { lockedSnapshotInfo } } = await own.lockSnapshot(lock);
  assert.deepEqual([lockedSnapshotInfo.lockStatus, lockedSnapshotInfo.lockDuration], ['compliance-cooloff', 7]);
  const remove = new ecs.DeleteSnapshotRequest({ snapshotId });
  await refused(403, 'InvalidOperation.SnapshotLocked', own.deleteSnapshot(remove));
  const lockedIds = async () => {
    const { body } = await own.describeLockedSnapshots(new ecs.DescribeLockedSnapshotsRequest({ regionId }));
    return body.lockedSnapshotsInfo.map((info) => info.snapshotId);
  };
  assert.deepEqual(await lockedIds(), [snapshotId]);
  await own.unlockSnapshot(new ecs.UnlockSnapshotRequest(identity));
  assert.deepEqual(await lockedIds(), []);

  // An image and a disk of it, which keep it.
  const image = new ecs.CreateImageRequest({ ...identity, imageName: 'of-the-nightly' });
  const { body: { imageId } } = await own.createImage(image);
  const zone = { zoneId: 'cn-hangzhou-h', diskCategory: 'cloud_essd' };
  const { body: { diskId } } = await own.createDisk(new ecs.CreateDiskRequest({ ...identity, ...zone }));
  assert.deepEqual((await shown()).map((snapshot) => snapshot.usage), ['image_disk']);
  const { body: { disks } } = await own.describeDisks(new ecs.DescribeDisksRequest(identity));
  assert.equal(disks.disk.length, 1);
  const [disk] = disks.disk;
  assert.deepEqual([disk.diskId, disk.size, disk.status, disk.portable], [diskId, 20, 'Available', true]);
  assert.deepEqual([disk.sourceSnapshotId, disk.tags.tag], [snapshotId, []]);
  await refused(403, 'SnapshotCreatedImage', own.deleteSnapshot(remove));
  await own.deleteImage(new ecs.DeleteImageRequest({ regionId, imageId }));
  await refused(403, 'SnapshotCreatedDisk', own.deleteSnapshot(remove));
  await own.deleteDisk(new ecs.DeleteDiskRequest({ diskId }));

  // Delete.
  assert.match((await own.deleteSnapshot(remove)).body.requestId, requestId);
  assert.deepEqual(await shown(), []);
  await refused(404, 'InvalidSnapshotId.NotFound', own.deleteSnapshot(remove));
});

test('the life of a group of snapshots', async (t) => {
  const regionId = 'cn-hangzhou';
  const { own, advance } = await ownClient(t);
  const shown = async (parameters) => {
    const request = new ecs.DescribeSnapshotGroupsRequest({ regionId, ...parameters });
    const { body } = await own.describeSnapshotGroups(request);
    return body.snapshotGroups.snapshotGroup;
  };
  const pairs = ({ tags: { tag } }) => Object.fromEntries(tag.map(({ key, value }) => [key, value]));

  const create = new ecs.CreateSnapshotGroupRequest({
    regionId,
    diskId: ['d-web', 'd-data'],
    name: 'both',
    clientToken: 'once',
    tag: [new ecs.CreateSnapshotGroupRequestTag({ key: '说明', value: 'a=b&c' })],
  });
  const { body: { snapshotGroupId } } = await own.createSnapshotGroup(create);
  assert.equal((await own.createSnapshotGroup(create)).body.snapshotGroupId, snapshotGroupId);
  const [progressing] = await shown();
  assert.deepEqual([progressing.snapshotGroupId, progressing.name], [snapshotGroupId, 'both']);
  assert.deepEqual([progressing.status, progressing.instanceId], ['progressing', 'i-web']);
  assert.deepEqual(pairs(progressing), { 说明: 'a=b&c' });
  const members = progressing.snapshots.snapshot;
  assert.deepEqual(members.map((member) => member.sourceDiskId).sort(), ['d-data', 'd-web']);
  for (const member of members) {
    assert.deepEqual([member.progress, member.available], ['0%', true]);
    assert.deepEqual(pairs(member), { 'acs:ecs:createFrom': 'i-web' });
  }
  assert.deepEqual(await shown({ status: ['accomplished', 'failed'] }), []);
  await advance(2);
  const asked = { status: ['accomplished'], instanceId: 'i-web', snapshotGroupId: [snapshotGroupId] };
  const [accomplished] = await shown(asked);
  assert.deepEqual(accomplished.snapshots.snapshot.map((member) => member.progress), ['100%', '100%']);

  const changes = { name: 'changed', description: 'of two disks' };
  await own.modifySnapshotGroup(new ecs.ModifySnapshotGroupRequest({ regionId, snapshotGroupId, ...changes }));
  const [modified] = await shown({ name: 'changed' });
  assert.equal(modified.description, 'of two disks');
  const env = { key: 'env', value: 'test' };
  await own.tagResources(new ecs.TagResourcesRequest({
    regionId,
    resourceType: 'snapshotgroup',
    resourceId: [snapshotGroupId],
    tag: [new ecs.TagResourcesRequestTag(env)],
  }));
  const [tagged] = await shown({ tag: [new ecs.DescribeSnapshotGroupsRequestTag(env)] });
  assert.deepEqual(pairs(tagged), { env: 'test', 说明: 'a=b&c' });

  const remove = new ecs.DeleteSnapshotGroupRequest({ regionId, snapshotGroupId });
  const { body: { operationProgressSet } } = await own.deleteSnapshotGroup(remove);
  const told = operationProgressSet.operationProgress.map((of) => [of.operationStatus, of.relatedItemSet.relatedItem[0].value]);
  assert.deepEqual(told, members.map((member) => ['Success', member.snapshotId]));
  assert.deepEqual(await shown(), []);
  await assert.rejects(own.deleteSnapshotGroup(remove), (error) => {
    assert.deepEqual([error.statusCode, error.code], [404, 'InvalidSnapshotGroup.NotFound']);
    return true;
  });
});

test('instances, regions and zones', async (t) => {
  const regionId = 'cn-hangzhou';
  const { own } = await ownClient(t);

  const { body: { instances } } = await own.describeInstances(new ecs.DescribeInstancesRequest({ regionId }));
  assert.equal(instances.instance.length, 1);
  const [web] = instances.instance;
  assert.deepEqual([web.instanceId, web.instanceName, web.status], ['i-web', '网站 & web', 'Running']);
  assert.deepEqual([web.cpu, web.memory, web.deletionProtection], [2, 8192, true]);
  assert.deepEqual(tags(web), { env: 'production' });
  assert.deepEqual(web.operationLocks.lockReason, []);
  assert.deepEqual(web.securityGroupIds.securityGroupId, []);

  const inEnglish = new ecs.DescribeRegionsRequest({ acceptLanguage: 'en-US' });
  const { body: { regions } } = await own.describeRegions(inEnglish);
  const hangzhou = regions.region.find((region) => region.regionId === regionId);
  assert.deepEqual([hangzhou.localName, hangzhou.regionEndpoint], ['China (Hangzhou)', host]);

  const { body: { zones } } = await own.describeZones(new ecs.DescribeZonesRequest({ regionId }));
  const zoneIds = zones.zone.map((zone) => zone.zoneId);
  assert.deepEqual(zoneIds, ['a', 'b', 'g', 'h'].map((letter) => `${regionId}-${letter}`));
  for (const zone of zones.zone) {
    assert.ok(zone.availableDiskCategories.diskCategories.includes('cloud_essd'));
    assert.deepEqual(zone.availableInstanceTypes.instanceTypes, []);
    const [resources] = zone.availableResources.resourcesInfo;
    assert.equal(resources.ioOptimized, true);
    assert.ok(resources.dataDiskCategories.supportedDataDiskCategory.includes('cloud_essd'));
  }
});

// Create, find, modify, apply, find from both sides, cancel, delete, and what is refused meanwhile.
test('a policy and its disk', async (t) => {
  const regionId = 'cn-hangzhou';
  const { own } = await ownClient(t);

  const { body: { autoSnapshotPolicyId } } = await own.createAutoSnapshotPolicy(new ecs.CreateAutoSnapshotPolicyRequest({
    regionId,
    autoSnapshotPolicyName: '夜间',
    timePoints: '["1","22"]',
    repeatWeekdays: '["1","7"]',
    retentionDays: 30,
    tag: [new ecs.CreateAutoSnapshotPolicyRequestTag({ key: 'env', value: 'test' })],
  }));
  const policy = { regionId, autoSnapshotPolicyId };
  const shown = async () => {
    const { body } = await own.describeAutoSnapshotPolicyEx(new ecs.DescribeAutoSnapshotPolicyExRequest(policy));
    return body.autoSnapshotPolicies.autoSnapshotPolicy;
  };
  const [found] = await shown();
  assert.deepEqual([found.autoSnapshotPolicyName, found.status, found.diskNums], ['夜间', 'Normal', 0]);
  assert.deepEqual([found.timePoints, found.repeatWeekdays, found.retentionDays], ['["1","22"]', '["1","7"]', 30]);
  assert.deepEqual([found.targetCopyRegions, found.enableCrossRegionCopy], ['[]', false]);
  assert.deepEqual(tags(found), { env: 'test' });
  await own.modifyAutoSnapshotPolicyEx(new ecs.ModifyAutoSnapshotPolicyExRequest({ ...policy, retentionDays: -1 }));
  assert.deepEqual((await shown()).map((changed) => changed.retentionDays), [-1]);

  const disk = async () => {
    const { body } = await own.describeDisks(new ecs.DescribeDisksRequest({ regionId, diskIds: '["d-web"]' }));
    return body.disks.disk.map((one) => [one.enableAutomatedSnapshotPolicy, one.autoSnapshotPolicyId]);
  };
  const pairs = async (of) => {
    const request = new ecs.DescribeAutoSnapshotPolicyAssociationsRequest({ regionId, ...of });
    const { body } = await own.describeAutoSnapshotPolicyAssociations(request);
    const all = body.autoSnapshotPolicyAssociations.autoSnapshotPolicyAssociation;
    return all.map((pair) => [pair.autoSnapshotPolicyId, pair.diskId]);
  };
  assert.deepEqual(await disk(), [[false, '']]);
  await own.applyAutoSnapshotPolicy(new ecs.ApplyAutoSnapshotPolicyRequest({ ...policy, diskIds: '["d-web"]' }));
  assert.deepEqual(await disk(), [[true, autoSnapshotPolicyId]]);
  assert.deepEqual(await pairs({ autoSnapshotPolicyId }), [[autoSnapshotPolicyId, 'd-web']]);
  assert.deepEqual(await pairs({ diskId: 'd-web' }), [[autoSnapshotPolicyId, 'd-web']]);
  await own.cancelAutoSnapshotPolicy(new ecs.CancelAutoSnapshotPolicyRequest({ regionId, diskIds: '["d-web"]' }));
  assert.deepEqual([await disk(), await pairs({ autoSnapshotPolicyId })], [[[false, '']], []]);

  const remove = new ecs.DeleteAutoSnapshotPolicyRequest(policy);
  await own.deleteAutoSnapshotPolicy(remove);
  assert.deepEqual(await shown(), []);
  await assert.rejects(own.deleteAutoSnapshotPolicy(remove), (error) => {
    assert.equal(error.code, 'ParameterInvalid');
    return true;
  });
});
