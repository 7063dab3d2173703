package clients

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	_ "unsafe" // for go:linkname

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
)

// alibaba-cloud-sdk-go, the old SDK: signature V1, typed requests and typed replies.

// Where the SDK's own tests put in a date and a nonce; users cannot.
//
//go:linkname dateV1 github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth.hookGetDate
//go:linkname nonceV1 github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth.hookGetNonce
var dateV1, nonceV1 func(func() string) string

func clientV1(t *testing.T, regionID string, signing signing) *ecs.Client {
	t.Helper()
	client, err := ecs.NewClientWithAccessKey(regionID, signing.accessKeyID, signing.accessKeySecret)
	if err != nil {
		t.Fatal(err)
	}
	client.Domain = host
	dateV1 = func(own func() string) string { return cmp.Or(signing.date, own()) }
	nonceV1 = func(own func() string) string { return cmp.Or(signing.nonce, own()) }
	return client
}

func describeV1(t *testing.T, signing signing, parameters parameters) (*ecs.DescribeSnapshotsResponse, error) {
	t.Helper()
	return clientV1(t, "cn-qingdao", signing).DescribeSnapshots(requestV1(parameters))
}

// requestV1 fills the typed request. What it has no field for goes the way that the SDK has for it.
func requestV1(parameters parameters) *ecs.DescribeSnapshotsRequest {
	request := ecs.CreateDescribeSnapshotsRequest()
	for name, value := range parameters {
		entries, isList := value.([]any)
		switch {
		case isList && name == "Tag":
			request.Tag = &[]ecs.DescribeSnapshotsTag{}
			for _, entry := range entries {
				*request.Tag = append(*request.Tag, tagV1(entry.(map[string]any)))
			}
		case isList && name == "Filter":
			for index, entry := range entries {
				for part, value := range entry.(map[string]any) {
					setV1(request, fmt.Sprintf("Filter.%d.%s", index+1, part), value)
				}
			}
		default:
			setV1(request, name, value)
		}
	}
	return request
}

func tagV1(entry map[string]any) ecs.DescribeSnapshotsTag {
	key, _ := entry["Key"].(string)
	value, _ := entry["Value"].(string)
	return ecs.DescribeSnapshotsTag{Key: key, Value: value}
}

func setV1(request *ecs.DescribeSnapshotsRequest, name string, value any) {
	fields := reflect.ValueOf(request).Elem()
	for index := range fields.NumField() {
		if fields.Type().Field(index).Tag.Get("name") == name {
			fields.Field(index).SetString(fmt.Sprint(value))
			return
		}
	}
	request.QueryParams[name] = fmt.Sprint(value)
}

func snapshotV1(t *testing.T, regionID, snapshotID string) ecs.Snapshot {
	t.Helper()
	response, err := describeV1(t, usual, one(regionID, snapshotID))
	if err != nil {
		t.Fatal(err)
	}
	if len(response.Snapshots.Snapshot) != 1 {
		t.Fatalf("%d snapshots", len(response.Snapshots.Snapshot))
	}
	return response.Snapshots.Snapshot[0]
}

func tagsV1(snapshot ecs.Snapshot) map[string]string {
	tags := map[string]string{}
	for _, tag := range snapshot.Tags.Tag {
		tags[tag.TagKey] = tag.TagValue
	}
	return tags
}

// failureV1 takes the SDK's error apart.
func failureV1(t *testing.T, err error) *failure {
	t.Helper()
	var server *sdk.ServerError
	if !errors.As(err, &server) {
		t.Fatalf("not the SDK's error for a server's answer: %v", err)
	}
	return &failure{server.HttpStatus(), server.ErrorCode(), server.Message(), server.RequestId()}
}

var v1 = suite{usual, func(t *testing.T, signing signing, parameters parameters) (page, *failure) {
	t.Helper()
	response, err := describeV1(t, signing, parameters)
	if err != nil {
		return page{}, failureV1(t, err)
	}
	ids := []string{}
	for _, snapshot := range response.Snapshots.Snapshot {
		ids = append(ids, snapshot.SnapshotId)
	}
	return page{ids, response.PageNumber, response.PageSize, response.TotalCount, response.NextToken}, nil
}}

func TestV1Filters(t *testing.T)       { v1.testFilters(t) }
func TestV1Errors(t *testing.T)        { v1.testErrors(t) }
func TestV1Error(t *testing.T)         { v1.testError(t) }
func TestV1Refusals(t *testing.T)      { v1.testRefusals(t) }
func TestV1EmptyList(t *testing.T)     { v1.testEmptyList(t) }
func TestV1PagesByNumber(t *testing.T) { v1.testPagesByNumber(t) }
func TestV1PagesByToken(t *testing.T)  { v1.testPagesByToken(t) }

func TestV1RegionIDIsTheClientsByDefault(t *testing.T) {
	equal(t, v1.page(t, parameters{"PageSize": 2}).ids, []string{"s-943ypfgic", "s-94osg320e"})
}

func TestV1WrongSecret(t *testing.T) {
	v1.testWrongSecret(t, "Specified signature is not matched with our calculation. server string to sign is:POST&%2F&")

	_, err := describeV1(t, wrongSecret, parameters{})
	var server *sdk.ServerError
	equal(t, errors.As(err, &server), true)
	// The SDK's own words where the server signed the same string as the SDK.
	equal(t, strings.HasPrefix(server.Recommend(), "InvalidAccessKeySecret"), true)
}

func TestV1Snapshots(t *testing.T) {
	for _, expected := range cases.Snapshots {
		id := expected["SnapshotId"].(string)
		t.Run(id, func(t *testing.T) {
			snapshot := snapshotV1(t, expected["RegionId"].(string), id)
			equalFields(t, reflect.ValueOf(snapshot), expected)
			equal(t, tagsV1(snapshot), tagsOf(expected))
		})
	}
}

func TestV1Fields(t *testing.T) {
	ledger := snapshotV1(t, "cn-beijing", "s-2zepayments000000001")
	equal(t, ledger.SnapshotName, "payments-ledger-1")
	equal(t, ledger.Encrypted, true)
	equal(t, ledger.InstantAccessRetentionDays, 3)
	equal(t, ledger.RemainTime, 0)

	unnamed := snapshotV1(t, "cn-hangzhou", "s-23odd0002")
	equal(t, unnamed.SnapshotName, "")
	equal(t, unnamed.Description, "never got a name")
	equal(t, len(unnamed.Tags.Tag), 0)

	awkward := snapshotV1(t, "cn-hangzhou", "s-23odd0001")
	equal(t, awkward.SnapshotName, `迁移前 & <备份> "一"`)
	equal(t, tagsV1(awkward), map[string]string{"说明": "a=b&c", "empty": ""})

	until2066 := snapshotV1(t, "cn-beijing", "s-2zestate00000000000d")
	equal(t, until2066.Status, "progressing")
	equal(t, until2066.Available, false)
	equal(t, until2066.RemainTime > 0, true)
}

// byNameV1 makes a request that the SDK has no type for, in the way that it has for those, and reads the reply.
func byNameV1(t *testing.T, client *ecs.Client, action string, parameters map[string]string, reply any) {
	t.Helper()
	request := requests.NewCommonRequest()
	request.Method = requests.POST
	request.Domain = host
	request.Version = "2014-05-26"
	request.ApiName = action
	request.QueryParams = parameters
	response := answer(t, client.ProcessCommonRequest, request)
	if err := json.Unmarshal(response.GetHttpContentBytes(), reply); err != nil {
		t.Fatal(err)
	}
}

// Create, wait, tag, find by tag, modify, copy, lock, image, disk, delete, and what is refused meanwhile.
func TestV1LifeOfASnapshot(t *testing.T) {
	sandbox, key := newSandbox(t)
	client := clientV1(t, "cn-hangzhou", key)

	refused := func(status int, code string, err error) {
		t.Helper()
		failure := failureV1(t, err)
		equal(t, fmt.Sprint(failure.status, " ", failure.code), fmt.Sprint(status, " ", code))
	}
	shownIn := func(regionID string, tags ...ecs.DescribeSnapshotsTag) []ecs.Snapshot {
		t.Helper()
		describe := ecs.CreateDescribeSnapshotsRequest()
		describe.RegionId = regionID
		describe.Tag = &tags
		return answer(t, client.DescribeSnapshots, describe).Snapshots.Snapshot
	}
	shown := func() ecs.Snapshot {
		t.Helper()
		snapshots := shownIn("cn-hangzhou")
		if len(snapshots) != 1 {
			t.Fatalf("%d snapshots", len(snapshots))
		}
		return snapshots[0]
	}

	// Create and wait. A request that is sent again makes no second snapshot.
	create := ecs.CreateCreateSnapshotRequest()
	create.DiskId = "d-web"
	create.SnapshotName = "nightly"
	create.ClientToken = "once"
	create.Tag = &[]ecs.CreateSnapshotTag{{Key: "说明", Value: "a=b&c"}}
	made := answer(t, client.CreateSnapshot, create)
	again := answer(t, client.CreateSnapshot, create)
	equal(t, again.SnapshotId, made.SnapshotId)
	equal(t, again.RequestId != made.RequestId, true)
	other := ecs.CreateCreateSnapshotRequest()
	other.DiskId = "d-web"
	other.ClientToken = "once"
	_, err := client.CreateSnapshot(other)
	refused(403, "IdempotentParameterMismatch", err)
	modify := ecs.CreateModifySnapshotAttributeRequest()
	modify.SnapshotId = made.SnapshotId
	modify.Description = "changed"
	modify.RetentionDays = requests.NewInteger(30)
	_, err = client.ModifySnapshotAttribute(modify)
	refused(400, "InvalidSnapshotId.NotReady", err)

	progressing := shown()
	equal(t, progressing.Status, "progressing")
	equal(t, progressing.Progress, "0%")
	equal(t, progressing.RemainTime, 2)
	equal(t, progressing.Available, true)
	equal(t, progressing.RetentionDays, 0)
	sandbox.advance(t, 2)
	accomplished := shown()
	equal(t, accomplished.Status, "accomplished")
	equal(t, accomplished.Progress, "100%")
	equal(t, accomplished.RemainTime, 0)
	equal(t, accomplished.SnapshotId, made.SnapshotId)
	equal(t, accomplished.SnapshotName, "nightly")
	equal(t, accomplished.SourceDiskId, "d-web")
	equal(t, accomplished.SourceDiskSize, "20")

	// Tag, find by tag, untag.
	tag := ecs.CreateTagResourcesRequest()
	tag.ResourceType = "snapshot"
	tag.ResourceId = &[]string{made.SnapshotId}
	tag.Tag = &[]ecs.TagResourcesTag{{Key: "env", Value: "test"}}
	answer(t, client.TagResources, tag)
	byTags := []ecs.DescribeSnapshotsTag{{Key: "说明", Value: "a=b&c"}, {Key: "env", Value: "test"}}
	found := shownIn("cn-hangzhou", byTags...)
	equal(t, len(found), 1)
	equal(t, tagsV1(found[0]), map[string]string{"说明": "a=b&c", "env": "test"})
	list := ecs.CreateListTagResourcesRequest()
	list.ResourceType = "snapshot"
	list.ResourceId = &[]string{made.SnapshotId}
	listed := map[string]string{}
	for _, tag := range answer(t, client.ListTagResources, list).TagResources.TagResource {
		equal(t, tag.ResourceId, made.SnapshotId)
		listed[tag.TagKey] = tag.TagValue
	}
	equal(t, listed, map[string]string{"说明": "a=b&c", "env": "test"})
	untag := ecs.CreateUntagResourcesRequest()
	untag.ResourceType = "snapshot"
	untag.ResourceId = &[]string{made.SnapshotId}
	untag.TagKey = &[]string{"env"}
	answer(t, client.UntagResources, untag)
	equal(t, len(shownIn("cn-hangzhou", byTags...)), 0)

	// Modify.
	answer(t, client.ModifySnapshotAttribute, modify)
	modified := shown()
	equal(t, modified.Description, "changed")
	equal(t, modified.RetentionDays, 30)

	// Copy.
	replicate := ecs.CreateCopySnapshotRequest()
	replicate.SnapshotId = made.SnapshotId
	replicate.DestinationRegionId = "cn-beijing"
	replicate.DestinationSnapshotName = "copy"
	replicate.DestinationSnapshotDescription = "of the nightly one"
	copyID := answer(t, client.CopySnapshot, replicate).SnapshotId
	sandbox.advance(t, 2)
	copies := shownIn("cn-beijing")
	equal(t, len(copies), 1)
	equal(t, copies[0].SnapshotId, copyID)
	equal(t, copies[0].SnapshotName, "copy")
	equal(t, copies[0].SourceSnapshotId, made.SnapshotId)
	equal(t, copies[0].SourceRegionId, "cn-hangzhou")
	equal(t, copies[0].Status, "accomplished")

	// Lock: nobody deletes it, and while it cools off it can be unlocked. The SDK is older than locks.
	type lockInfo struct {
		SnapshotId, LockStatus string
		LockDuration           int
	}
	var lock struct{ LockedSnapshotInfo lockInfo }
	byNameV1(t, client, "LockSnapshot", map[string]string{
		"SnapshotId": made.SnapshotId, "LockMode": "compliance", "LockDuration": "7", "CoolOffPeriod": "3",
	}, &lock)
	equal(t, lock.LockedSnapshotInfo, lockInfo{made.SnapshotId, "compliance-cooloff", 7})
	remove := ecs.CreateDeleteSnapshotRequest()
	remove.SnapshotId = made.SnapshotId
	_, err = client.DeleteSnapshot(remove)
	refused(403, "InvalidOperation.SnapshotLocked", err)
	var locks struct{ LockedSnapshotsInfo []lockInfo }
	byNameV1(t, client, "DescribeLockedSnapshots", map[string]string{}, &locks)
	equal(t, locks.LockedSnapshotsInfo, []lockInfo{lock.LockedSnapshotInfo})
	byNameV1(t, client, "UnlockSnapshot", map[string]string{"SnapshotId": made.SnapshotId}, &struct{}{})
	byNameV1(t, client, "DescribeLockedSnapshots", map[string]string{}, &locks)
	equal(t, locks.LockedSnapshotsInfo, []lockInfo{})

	// An image and a disk of it, which keep it.
	createImage := ecs.CreateCreateImageRequest()
	createImage.SnapshotId = made.SnapshotId
	createImage.ImageName = "of-the-nightly"
	imageID := answer(t, client.CreateImage, createImage).ImageId
	createDisk := ecs.CreateCreateDiskRequest()
	createDisk.SnapshotId = made.SnapshotId
	createDisk.ZoneId = "cn-hangzhou-h"
	createDisk.DiskCategory = "cloud_essd"
	diskID := answer(t, client.CreateDisk, createDisk).DiskId
	equal(t, shown().Usage, "image_disk")
	describeDisks := ecs.CreateDescribeDisksRequest()
	describeDisks.SnapshotId = made.SnapshotId
	disks := answer(t, client.DescribeDisks, describeDisks).Disks.Disk
	equal(t, len(disks), 1)
	equal(t, disks[0].DiskId, diskID)
	equal(t, disks[0].Size, 20)
	equal(t, disks[0].Status, "Available")
	equal(t, disks[0].Portable, true)
	equal(t, disks[0].SourceSnapshotId, made.SnapshotId)
	equal(t, len(disks[0].Tags.Tag), 0)
	_, err = client.DeleteSnapshot(remove)
	refused(403, "SnapshotCreatedImage", err)
	deleteImage := ecs.CreateDeleteImageRequest()
	deleteImage.ImageId = imageID
	answer(t, client.DeleteImage, deleteImage)
	_, err = client.DeleteSnapshot(remove)
	refused(403, "SnapshotCreatedDisk", err)
	deleteDisk := ecs.CreateDeleteDiskRequest()
	deleteDisk.DiskId = diskID
	answer(t, client.DeleteDisk, deleteDisk)

	// Delete.
	equal(t, requestID.MatchString(answer(t, client.DeleteSnapshot, remove).RequestId), true)
	equal(t, len(shownIn("cn-hangzhou")), 0)
	_, err = client.DeleteSnapshot(remove)
	refused(404, "InvalidSnapshotId.NotFound", err)
}

func TestV1InstancesRegionsAndZones(t *testing.T) {
	_, key := newSandbox(t)
	client := clientV1(t, "cn-hangzhou", key)

	instances := answer(t, client.DescribeInstances, ecs.CreateDescribeInstancesRequest()).Instances.Instance
	equal(t, len(instances), 1)
	web := instances[0]
	equal(t, []string{web.InstanceId, web.InstanceName, web.Status}, []string{"i-web", "网站 & web", "Running"})
	equal(t, []int{web.Cpu, web.Memory}, []int{2, 8192})
	equal(t, web.DeletionProtection, true)
	equal(t, len(web.Tags.Tag), 1)
	equal(t, web.Tags.Tag[0].TagKey+"="+web.Tags.Tag[0].TagValue, "env=production")
	equal(t, len(web.OperationLocks.LockReason), 0)
	equal(t, len(web.SecurityGroupIds.SecurityGroupId), 0)

	describeRegions := ecs.CreateDescribeRegionsRequest()
	describeRegions.AcceptLanguage = "en-US"
	regions := answer(t, client.DescribeRegions, describeRegions).Regions.Region
	place := slices.IndexFunc(regions, func(region ecs.Region) bool { return region.RegionId == "cn-hangzhou" })
	equal(t, []string{regions[place].LocalName, regions[place].RegionEndpoint}, []string{"China (Hangzhou)", host})

	var ids []string
	for _, zone := range answer(t, client.DescribeZones, ecs.CreateDescribeZonesRequest()).Zones.Zone {
		ids = append(ids, zone.ZoneId)
		equal(t, slices.Contains(zone.AvailableDiskCategories.DiskCategories, "cloud_essd"), true)
		equal(t, len(zone.AvailableInstanceTypes.InstanceTypes), 0)
		equal(t, len(zone.AvailableResources.ResourcesInfo), 1)
		resources := zone.AvailableResources.ResourcesInfo[0]
		equal(t, resources.IoOptimized, true)
		equal(t, slices.Contains(resources.DataDiskCategories.SupportedDataDiskCategory, "cloud_essd"), true)
	}
	equal(t, ids, zones)
}

// Create of two disks, wait, find, modify, tag, delete.
func TestV1LifeOfAGroupOfSnapshots(t *testing.T) {
	sandbox, key := newSandbox(t)
	client := clientV1(t, "cn-hangzhou", key)
	shown := func(change func(*ecs.DescribeSnapshotGroupsRequest)) []ecs.SnapshotGroup {
		t.Helper()
		describe := ecs.CreateDescribeSnapshotGroupsRequest()
		change(describe)
		return answer(t, client.DescribeSnapshotGroups, describe).SnapshotGroups.SnapshotGroup
	}
	all := func(*ecs.DescribeSnapshotGroupsRequest) {}

	create := ecs.CreateCreateSnapshotGroupRequest()
	create.DiskId = &[]string{"d-web", "d-data"}
	create.Name = "both"
	create.ClientToken = "once"
	create.Tag = &[]ecs.CreateSnapshotGroupTag{{Key: "说明", Value: "a=b&c"}}
	groupID := answer(t, client.CreateSnapshotGroup, create).SnapshotGroupId
	equal(t, answer(t, client.CreateSnapshotGroup, create).SnapshotGroupId, groupID)
	groups := shown(all)
	equal(t, len(groups), 1)
	equal(t, groups[0].SnapshotGroupId, groupID)
	equal(t, groups[0].Name, "both")
	equal(t, groups[0].Status, "progressing")
	equal(t, groups[0].InstanceId, "i-web")
	equal(t, groups[0].Tags.Tag[0].Key, "说明")
	equal(t, groups[0].Tags.Tag[0].Value, "a=b&c")
	var told, disks []string
	for _, member := range groups[0].Snapshots.Snapshot {
		told = append(told, "Success "+member.SnapshotId)
		disks = append(disks, member.SourceDiskId)
		equal(t, member.Progress, "0%")
		equal(t, member.Tags.Tag[0].Key, "acs:ecs:createFrom")
		equal(t, member.Tags.Tag[0].Value, "i-web")
	}
	slices.Sort(disks)
	equal(t, disks, []string{"d-data", "d-web"})
	sandbox.advance(t, 2)
	accomplished := shown(func(describe *ecs.DescribeSnapshotGroupsRequest) {
		describe.Status = &[]string{"accomplished"}
		describe.InstanceId = "i-web"
		describe.SnapshotGroupId = &[]string{groupID}
	})
	equal(t, len(accomplished), 1)
	equal(t, accomplished[0].Snapshots.Snapshot[1].Progress, "100%")

	modify := ecs.CreateModifySnapshotGroupRequest()
	modify.SnapshotGroupId = groupID
	modify.Name = "changed"
	modify.Description = "of two disks"
	answer(t, client.ModifySnapshotGroup, modify)
	tag := ecs.CreateTagResourcesRequest()
	tag.ResourceType = "snapshotgroup"
	tag.ResourceId = &[]string{groupID}
	tag.Tag = &[]ecs.TagResourcesTag{{Key: "env", Value: "test"}}
	answer(t, client.TagResources, tag)
	changed := shown(func(describe *ecs.DescribeSnapshotGroupsRequest) {
		describe.Name = "changed"
		describe.Tag = &[]ecs.DescribeSnapshotGroupsTag{{Key: "env", Value: "test"}}
	})
	equal(t, len(changed), 1)
	equal(t, changed[0].Description, "of two disks")
	equal(t, len(changed[0].Tags.Tag), 2)

	remove := ecs.CreateDeleteSnapshotGroupRequest()
	remove.SnapshotGroupId = groupID
	var answered []string
	for _, of := range answer(t, client.DeleteSnapshotGroup, remove).OperationProgressSet.OperationProgress {
		answered = append(answered, of.OperationStatus+" "+of.RelatedItemSet.RelatedItem[0].Value)
	}
	equal(t, answered, told)
	equal(t, len(shown(all)), 0)
	_, err := client.DeleteSnapshotGroup(remove)
	failure := failureV1(t, err)
	equal(t, fmt.Sprint(failure.status, " ", failure.code), "404 InvalidSnapshotGroup.NotFound")
}

// Create, find, modify, apply, find by the policy, cancel, delete, and what is refused meanwhile.
func TestV1APolicyAndItsDisk(t *testing.T) {
	_, key := newSandbox(t)
	client := clientV1(t, "cn-hangzhou", key)

	create := ecs.CreateCreateAutoSnapshotPolicyRequest()
	create.AutoSnapshotPolicyName = "夜间"
	create.TimePoints = `["1","22"]`
	create.RepeatWeekdays = `["1","7"]`
	create.RetentionDays = "30"
	policyID := answer(t, client.CreateAutoSnapshotPolicy, create).AutoSnapshotPolicyId
	describe := ecs.CreateDescribeAutoSnapshotPolicyExRequest()
	describe.AutoSnapshotPolicyId = policyID
	shown := func() []ecs.AutoSnapshotPolicy {
		t.Helper()
		return answer(t, client.DescribeAutoSnapshotPolicyEx, describe).AutoSnapshotPolicies.AutoSnapshotPolicy
	}
	found := shown()
	equal(t, len(found), 1)
	equal(t, found[0].AutoSnapshotPolicyName, "夜间")
	equal(t, found[0].Status, "Normal")
	equal(t, found[0].TimePoints, `["1","22"]`)
	equal(t, found[0].RetentionDays, 30)
	modify := ecs.CreateModifyAutoSnapshotPolicyExRequest()
	modify.AutoSnapshotPolicyId = policyID
	modify.RetentionDays = "-1"
	answer(t, client.ModifyAutoSnapshotPolicyEx, modify)
	equal(t, shown()[0].RetentionDays, -1)

	apply := ecs.CreateApplyAutoSnapshotPolicyRequest()
	apply.AutoSnapshotPolicyId = policyID
	apply.DiskIds = `["d-web"]`
	answer(t, client.ApplyAutoSnapshotPolicy, apply)
	byPolicy := ecs.CreateDescribeDisksRequest()
	byPolicy.AutoSnapshotPolicyId = policyID
	disks := answer(t, client.DescribeDisks, byPolicy).Disks.Disk
	equal(t, len(disks), 1)
	equal(t, []string{disks[0].DiskId, disks[0].AutoSnapshotPolicyId}, []string{"d-web", policyID})
	cancel := ecs.CreateCancelAutoSnapshotPolicyRequest()
	cancel.DiskIds = `["d-web"]`
	answer(t, client.CancelAutoSnapshotPolicy, cancel)
	equal(t, len(answer(t, client.DescribeDisks, byPolicy).Disks.Disk), 0)

	remove := ecs.CreateDeleteAutoSnapshotPolicyRequest()
	remove.AutoSnapshotPolicyId = policyID
	answer(t, client.DeleteAutoSnapshotPolicy, remove)
	equal(t, len(shown()), 0)
	_, err := client.DeleteAutoSnapshotPolicy(remove)
	failure := failureV1(t, err)
	equal(t, fmt.Sprint(failure.status, " ", failure.code), "404 ParameterInvalid")
}
