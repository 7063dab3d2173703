package clients

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	core "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	ecs "github.com/alibabacloud-go/ecs-20140526/v6/client"
	util "github.com/alibabacloud-go/tea-utils/v2/service"
	"github.com/alibabacloud-go/tea/dara"
	"github.com/alibabacloud-go/tea/tea"
)

// ecs-20140526, the new SDK: signature V3, typed requests and typed replies. In go.mod its core, darabonba-openapi, is
// newer than the SDK itself asks for.

type snapshotV2 = ecs.DescribeSnapshotsResponseBodySnapshotsSnapshot

func clientV2(t *testing.T, signing signing) *ecs.Client {
	t.Helper()
	client, err := ecs.NewClient(&core.Config{
		Endpoint:        tea.String(host),
		Protocol:        tea.String("http"),
		AccessKeyId:     tea.String(signing.accessKeyID),
		AccessKeySecret: tea.String(signing.accessKeySecret),
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func describeV2(t *testing.T, signing signing, parameters parameters) (*ecs.DescribeSnapshotsResponse, error) {
	t.Helper()
	client := clientV2(t, signing)
	request, runtime := requestV2(t, parameters)
	// The SDK lets headers take the place of its own, before it signs.
	headers := map[string]*string{}
	if signing.date != "" {
		headers["x-acs-date"] = tea.String(signing.date)
	}
	if signing.nonce != "" {
		headers["x-acs-signature-nonce"] = tea.String(signing.nonce)
	}
	runtime.ExtendsParameters.Headers = headers
	return client.DescribeSnapshotsWithOptions(request, runtime)
}

// requestV2 fills the typed request. What it has no field for goes the way that the SDK has for it.
func requestV2(t *testing.T, parameters parameters) (*ecs.DescribeSnapshotsRequest, *util.RuntimeOptions) {
	t.Helper()
	fields := map[string]bool{}
	kind := reflect.TypeFor[ecs.DescribeSnapshotsRequest]()
	for index := range kind.NumField() {
		fields[jsonName(kind.Field(index))] = true
	}
	known, others := map[string]any{}, map[string]*string{}
	for name, value := range parameters {
		if fields[name] {
			known[name] = value
		} else {
			others[name] = tea.String(fmt.Sprint(value))
		}
	}

	encoded, err := json.Marshal(known)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.DisallowUnknownFields()
	request := &ecs.DescribeSnapshotsRequest{}
	if err := decoder.Decode(request); err != nil {
		t.Fatal(err)
	}
	return request, &util.RuntimeOptions{ExtendsParameters: &util.ExtendsParameters{Queries: others}}
}

func oneV2(t *testing.T, regionID, snapshotID string) *snapshotV2 {
	t.Helper()
	response, err := describeV2(t, usual, one(regionID, snapshotID))
	if err != nil {
		t.Fatal(err)
	}
	if len(response.Body.Snapshots.Snapshot) != 1 {
		t.Fatalf("%d snapshots", len(response.Body.Snapshots.Snapshot))
	}
	return response.Body.Snapshots.Snapshot[0]
}

func tagsV2(snapshot *snapshotV2) map[string]string {
	tags := map[string]string{}
	for _, tag := range snapshot.Tags.Tag {
		tags[*tag.TagKey] = *tag.TagValue
	}
	return tags
}

// failureV2 takes the SDK's error apart.
func failureV2(t *testing.T, err error) *failure {
	t.Helper()
	var server *tea.SDKError
	if !errors.As(err, &server) {
		t.Fatalf("not the SDK's error for a server's answer: %v", err)
	}
	var data struct {
		RequestID string `json:"RequestId"`
	}
	if err := json.Unmarshal([]byte(*server.Data), &data); err != nil {
		t.Fatal(err)
	}
	return &failure{*server.StatusCode, *server.Code, *server.Message, data.RequestID}
}

var v2 = suite{usual, func(t *testing.T, signing signing, parameters parameters) (page, *failure) {
	t.Helper()
	response, err := describeV2(t, signing, parameters)
	if err != nil {
		return page{}, failureV2(t, err)
	}
	body := response.Body
	ids := []string{}
	for _, snapshot := range body.Snapshots.Snapshot {
		ids = append(ids, *snapshot.SnapshotId)
	}
	numbers := []int{int(*body.PageNumber), int(*body.PageSize), int(*body.TotalCount)}
	return page{ids, numbers[0], numbers[1], numbers[2], tea.StringValue(body.NextToken)}, nil
}}

func TestV2Filters(t *testing.T)       { v2.testFilters(t) }
func TestV2Errors(t *testing.T)        { v2.testErrors(t) }
func TestV2Error(t *testing.T)         { v2.testError(t) }
func TestV2Refusals(t *testing.T)      { v2.testRefusals(t) }
func TestV2EmptyList(t *testing.T)     { v2.testEmptyList(t) }
func TestV2PagesByNumber(t *testing.T) { v2.testPagesByNumber(t) }
func TestV2PagesByToken(t *testing.T)  { v2.testPagesByToken(t) }

func TestV2RegionIDIsRequired(t *testing.T) {
	equal(t, v2.failure(t, parameters{}).code, "MissingParameter")
}

func TestV2WrongSecret(t *testing.T) {
	v2.testWrongSecret(t, "Specified signature does not match our calculation. server StringToSign is [ACS3-HMAC-SHA256")
}

func TestV2Snapshots(t *testing.T) {
	for _, expected := range cases.Snapshots {
		id := expected["SnapshotId"].(string)
		t.Run(id, func(t *testing.T) {
			snapshot := oneV2(t, expected["RegionId"].(string), id)
			equalFields(t, reflect.ValueOf(*snapshot), expected)
			equal(t, tagsV2(snapshot), tagsOf(expected))
		})
	}
}

func TestV2Fields(t *testing.T) {
	ledger := oneV2(t, "cn-beijing", "s-2zepayments000000001")
	equal(t, *ledger.SnapshotName, "payments-ledger-1")
	equal(t, *ledger.Encrypted, true)
	equal(t, *ledger.KMSKeyId, "f3a1c2d4-7b1e-4c55-9d0a-5c1f0e6b2a77")
	equal(t, *ledger.SourceDiskSize, "200")
	equal(t, *ledger.InstantAccessRetentionDays, 3)
	equal(t, ledger.RemainTime, nil)

	unnamed := oneV2(t, "cn-hangzhou", "s-23odd0002")
	equal(t, unnamed.SnapshotName, nil)
	equal(t, *unnamed.Description, "never got a name")
	equal(t, len(unnamed.Tags.Tag), 0)

	awkward := oneV2(t, "cn-hangzhou", "s-23odd0001")
	equal(t, *awkward.SnapshotName, `迁移前 & <备份> "一"`)
	equal(t, tagsV2(awkward), map[string]string{"说明": "a=b&c", "empty": ""})

	until2066 := oneV2(t, "cn-beijing", "s-2zestate00000000000d")
	equal(t, *until2066.Status, "progressing")
	equal(t, *until2066.Available, false)
	equal(t, *until2066.RemainTime > 0, true)
}

// byNameV2 makes a request that the SDK has no type for, in the way that it has for those, and reads the reply.
func byNameV2(t *testing.T, client *ecs.Client, action string, parameters map[string]*string, reply any) {
	t.Helper()
	params := &core.Params{
		Action:      tea.String(action),
		Version:     tea.String("2014-05-26"),
		Protocol:    tea.String("HTTP"),
		Pathname:    tea.String("/"),
		Method:      tea.String("POST"),
		AuthType:    tea.String("AK"),
		Style:       tea.String("RPC"),
		ReqBodyType: tea.String("formData"),
		BodyType:    tea.String("json"),
	}
	response, err := client.CallApi(params, &core.OpenApiRequest{Query: parameters}, &dara.RuntimeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := tea.Convert(response["body"], reply); err != nil {
		t.Fatal(err)
	}
}

// Create, wait, tag, find by tag, modify, copy, lock, image, disk, delete, and what is refused meanwhile.
func TestV2LifeOfASnapshot(t *testing.T) {
	sandbox, key := newSandbox(t)
	client := clientV2(t, key)
	region := tea.String("cn-hangzhou")

	refused := func(status int, code string, err error) {
		t.Helper()
		failure := failureV2(t, err)
		equal(t, fmt.Sprint(failure.status, " ", failure.code), fmt.Sprint(status, " ", code))
	}
	shownIn := func(regionID string, tags ...*ecs.DescribeSnapshotsRequestTag) []*snapshotV2 {
		t.Helper()
		describe := &ecs.DescribeSnapshotsRequest{RegionId: tea.String(regionID), Tag: tags}
		return answer(t, client.DescribeSnapshots, describe).Body.Snapshots.Snapshot
	}
	shown := func() *snapshotV2 {
		t.Helper()
		snapshots := shownIn("cn-hangzhou")
		if len(snapshots) != 1 {
			t.Fatalf("%d snapshots", len(snapshots))
		}
		return snapshots[0]
	}

	// Create and wait. A request that is sent again makes no second snapshot.
	create := &ecs.CreateSnapshotRequest{
		DiskId:       tea.String("d-web"),
		SnapshotName: tea.String("nightly"),
		ClientToken:  tea.String("once"),
		Tag:          []*ecs.CreateSnapshotRequestTag{{Key: tea.String("说明"), Value: tea.String("a=b&c")}},
	}
	made := answer(t, client.CreateSnapshot, create).Body
	again := answer(t, client.CreateSnapshot, create).Body
	equal(t, *again.SnapshotId, *made.SnapshotId)
	equal(t, *again.RequestId != *made.RequestId, true)
	other := &ecs.CreateSnapshotRequest{DiskId: tea.String("d-web"), ClientToken: tea.String("once")}
	_, err := client.CreateSnapshot(other)
	refused(403, "IdempotentParameterMismatch", err)
	modify := &ecs.ModifySnapshotAttributeRequest{
		SnapshotId:    made.SnapshotId,
		Description:   tea.String("changed"),
		RetentionDays: tea.Int32(30),
	}
	_, err = client.ModifySnapshotAttribute(modify)
	refused(400, "InvalidSnapshotId.NotReady", err)

	progressing := shown()
	equal(t, *progressing.Status, "progressing")
	equal(t, *progressing.Progress, "0%")
	equal(t, *progressing.RemainTime, 2)
	equal(t, *progressing.Available, true)
	equal(t, progressing.RetentionDays, nil)
	sandbox.advance(t, 2)
	accomplished := shown()
	equal(t, *accomplished.Status, "accomplished")
	equal(t, *accomplished.Progress, "100%")
	equal(t, accomplished.RemainTime, nil)
	equal(t, *accomplished.SnapshotId, *made.SnapshotId)
	equal(t, *accomplished.SnapshotName, "nightly")
	equal(t, *accomplished.SourceDiskId, "d-web")
	equal(t, *accomplished.SourceDiskSize, "20")

	// Tag, find by tag, untag.
	answer(t, client.TagResources, &ecs.TagResourcesRequest{
		RegionId:     region,
		ResourceType: tea.String("snapshot"),
		ResourceId:   []*string{made.SnapshotId},
		Tag:          []*ecs.TagResourcesRequestTag{{Key: tea.String("env"), Value: tea.String("test")}},
	})
	byTags := []*ecs.DescribeSnapshotsRequestTag{
		{Key: tea.String("说明"), Value: tea.String("a=b&c")},
		{Key: tea.String("env"), Value: tea.String("test")},
	}
	found := shownIn("cn-hangzhou", byTags...)
	equal(t, len(found), 1)
	equal(t, tagsV2(found[0]), map[string]string{"说明": "a=b&c", "env": "test"})
	list := &ecs.ListTagResourcesRequest{
		RegionId:     region,
		ResourceType: tea.String("snapshot"),
		ResourceId:   []*string{made.SnapshotId},
	}
	listed := map[string]string{}
	for _, tag := range answer(t, client.ListTagResources, list).Body.TagResources.TagResource {
		equal(t, *tag.ResourceId, *made.SnapshotId)
		listed[*tag.TagKey] = *tag.TagValue
	}
	equal(t, listed, map[string]string{"说明": "a=b&c", "env": "test"})
	answer(t, client.UntagResources, &ecs.UntagResourcesRequest{
		RegionId:     region,
		ResourceType: tea.String("snapshot"),
		ResourceId:   []*string{made.SnapshotId},
		TagKey:       []*string{tea.String("env")},
	})
	equal(t, len(shownIn("cn-hangzhou", byTags...)), 0)

	// Modify.
	answer(t, client.ModifySnapshotAttribute, modify)
	modified := shown()
	equal(t, *modified.Description, "changed")
	equal(t, *modified.RetentionDays, 30)

	// Copy.
	copyID := answer(t, client.CopySnapshot, &ecs.CopySnapshotRequest{
		RegionId:                       region,
		SnapshotId:                     made.SnapshotId,
		DestinationRegionId:            tea.String("cn-beijing"),
		DestinationSnapshotName:        tea.String("copy"),
		DestinationSnapshotDescription: tea.String("of the nightly one"),
	}).Body.SnapshotId
	sandbox.advance(t, 2)
	copies := shownIn("cn-beijing")
	equal(t, len(copies), 1)
	equal(t, *copies[0].SnapshotId, *copyID)
	equal(t, *copies[0].SnapshotName, "copy")
	equal(t, *copies[0].SourceSnapshotId, *made.SnapshotId)
	equal(t, *copies[0].SourceRegionId, "cn-hangzhou")
	equal(t, *copies[0].Status, "accomplished")

	// Lock: nobody deletes it, and while it cools off it can be unlocked. The SDK is older than locks.
	type lockInfo struct {
		SnapshotID   string `json:"SnapshotId"`
		LockStatus   string `json:"LockStatus"`
		LockDuration int32  `json:"LockDuration"`
	}
	var lock struct {
		LockedSnapshotInfo lockInfo `json:"LockedSnapshotInfo"`
	}
	byNameV2(t, client, "LockSnapshot", map[string]*string{
		"RegionId":      region,
		"SnapshotId":    made.SnapshotId,
		"LockMode":      tea.String("compliance"),
		"LockDuration":  tea.String("7"),
		"CoolOffPeriod": tea.String("3"),
	}, &lock)
	equal(t, lock.LockedSnapshotInfo, lockInfo{*made.SnapshotId, "compliance-cooloff", 7})
	remove := &ecs.DeleteSnapshotRequest{SnapshotId: made.SnapshotId}
	_, err = client.DeleteSnapshot(remove)
	refused(403, "InvalidOperation.SnapshotLocked", err)
	locked := func() []lockInfo {
		t.Helper()
		var locks struct {
			LockedSnapshotsInfo []lockInfo `json:"LockedSnapshotsInfo"`
		}
		byNameV2(t, client, "DescribeLockedSnapshots", map[string]*string{"RegionId": region}, &locks)
		return locks.LockedSnapshotsInfo
	}
	equal(t, locked(), []lockInfo{lock.LockedSnapshotInfo})
	identity := map[string]*string{"RegionId": region, "SnapshotId": made.SnapshotId}
	byNameV2(t, client, "UnlockSnapshot", identity, &struct{}{})
	equal(t, locked(), []lockInfo{})

	// An image and a disk of it, which keep it.
	imageID := answer(t, client.CreateImage, &ecs.CreateImageRequest{
		RegionId:   region,
		SnapshotId: made.SnapshotId,
		ImageName:  tea.String("of-the-nightly"),
	}).Body.ImageId
	diskID := answer(t, client.CreateDisk, &ecs.CreateDiskRequest{
		RegionId:     region,
		SnapshotId:   made.SnapshotId,
		ZoneId:       tea.String("cn-hangzhou-h"),
		DiskCategory: tea.String("cloud_essd"),
	}).Body.DiskId
	equal(t, *shown().Usage, "image_disk")
	describeDisks := &ecs.DescribeDisksRequest{RegionId: region, SnapshotId: made.SnapshotId}
	disks := answer(t, client.DescribeDisks, describeDisks).Body.Disks.Disk
	equal(t, len(disks), 1)
	equal(t, *disks[0].DiskId, *diskID)
	equal(t, *disks[0].Size, 20)
	equal(t, *disks[0].Status, "Available")
	equal(t, *disks[0].Portable, true)
	equal(t, *disks[0].SourceSnapshotId, *made.SnapshotId)
	equal(t, len(disks[0].Tags.Tag), 0)
	_, err = client.DeleteSnapshot(remove)
	refused(403, "SnapshotCreatedImage", err)
	answer(t, client.DeleteImage, &ecs.DeleteImageRequest{RegionId: region, ImageId: imageID})
	_, err = client.DeleteSnapshot(remove)
	refused(403, "SnapshotCreatedDisk", err)
	answer(t, client.DeleteDisk, &ecs.DeleteDiskRequest{DiskId: diskID})

	// Delete.
	equal(t, requestID.MatchString(*answer(t, client.DeleteSnapshot, remove).Body.RequestId), true)
	equal(t, len(shownIn("cn-hangzhou")), 0)
	_, err = client.DeleteSnapshot(remove)
	refused(404, "InvalidSnapshotId.NotFound", err)
}

func TestV2InstancesRegionsAndZones(t *testing.T) {
	_, key := newSandbox(t)
	client := clientV2(t, key)
	region := tea.String("cn-hangzhou")

	describeInstances := &ecs.DescribeInstancesRequest{RegionId: region}
	instances := answer(t, client.DescribeInstances, describeInstances).Body.Instances.Instance
	equal(t, len(instances), 1)
	web := instances[0]
	equal(t, []string{*web.InstanceId, *web.InstanceName, *web.Status}, []string{"i-web", "网站 & web", "Running"})
	equal(t, []int32{*web.Cpu, *web.Memory}, []int32{2, 8192})
	equal(t, *web.DeletionProtection, true)
	equal(t, len(web.Tags.Tag), 1)
	equal(t, *web.Tags.Tag[0].TagKey+"="+*web.Tags.Tag[0].TagValue, "env=production")
	equal(t, len(web.OperationLocks.LockReason), 0)
	equal(t, len(web.SecurityGroupIds.SecurityGroupId), 0)

	inEnglish := &ecs.DescribeRegionsRequest{AcceptLanguage: tea.String("en-US")}
	regions := answer(t, client.DescribeRegions, inEnglish).Body.Regions.Region
	place := slices.IndexFunc(regions, func(found *ecs.DescribeRegionsResponseBodyRegionsRegion) bool {
		return *found.RegionId == *region
	})
	equal(t, []string{*regions[place].LocalName, *regions[place].RegionEndpoint}, []string{"China (Hangzhou)", host})

	var ids []string
	for _, zone := range answer(t, client.DescribeZones, &ecs.DescribeZonesRequest{RegionId: region}).Body.Zones.Zone {
		ids = append(ids, *zone.ZoneId)
		categories := tea.StringSliceValue(zone.AvailableDiskCategories.DiskCategories)
		equal(t, slices.Contains(categories, "cloud_essd"), true)
		equal(t, len(zone.AvailableInstanceTypes.InstanceTypes), 0)
		equal(t, len(zone.AvailableResources.ResourcesInfo), 1)
		resources := zone.AvailableResources.ResourcesInfo[0]
		equal(t, *resources.IoOptimized, true)
		categories = tea.StringSliceValue(resources.DataDiskCategories.SupportedDataDiskCategory)
		equal(t, slices.Contains(categories, "cloud_essd"), true)
	}
	equal(t, ids, zones)
}

// Create of two disks, wait, find, modify, tag, delete.
func TestV2LifeOfAGroupOfSnapshots(t *testing.T) {
	sandbox, key := newSandbox(t)
	client := clientV2(t, key)
	region := tea.String("cn-hangzhou")
	type group = ecs.DescribeSnapshotGroupsResponseBodySnapshotGroupsSnapshotGroup
	shown := func(describe *ecs.DescribeSnapshotGroupsRequest) []*group {
		t.Helper()
		describe.RegionId = region
		return answer(t, client.DescribeSnapshotGroups, describe).Body.SnapshotGroups.SnapshotGroup
	}

	create := &ecs.CreateSnapshotGroupRequest{
		RegionId:    region,
		DiskId:      []*string{tea.String("d-web"), tea.String("d-data")},
		Name:        tea.String("both"),
		ClientToken: tea.String("once"),
		Tag:         []*ecs.CreateSnapshotGroupRequestTag{{Key: tea.String("说明"), Value: tea.String("a=b&c")}},
	}
	groupID := answer(t, client.CreateSnapshotGroup, create).Body.SnapshotGroupId
	equal(t, *answer(t, client.CreateSnapshotGroup, create).Body.SnapshotGroupId, *groupID)
	groups := shown(&ecs.DescribeSnapshotGroupsRequest{})
	equal(t, len(groups), 1)
	equal(t, *groups[0].SnapshotGroupId, *groupID)
	equal(t, *groups[0].Name, "both")
	equal(t, *groups[0].Status, "progressing")
	equal(t, *groups[0].InstanceId, "i-web")
	equal(t, *groups[0].Tags.Tag[0].Key, "说明")
	equal(t, *groups[0].Tags.Tag[0].Value, "a=b&c")
	var told, disks []string
	for _, member := range groups[0].Snapshots.Snapshot {
		told = append(told, "Success "+*member.SnapshotId)
		disks = append(disks, *member.SourceDiskId)
		equal(t, *member.Progress, "0%")
		equal(t, *member.Available, true)
		equal(t, *member.Tags.Tag[0].Key, "acs:ecs:createFrom")
		equal(t, *member.Tags.Tag[0].Value, "i-web")
	}
	slices.Sort(disks)
	equal(t, disks, []string{"d-data", "d-web"})
	sandbox.advance(t, 2)
	accomplished := shown(&ecs.DescribeSnapshotGroupsRequest{
		Status:          []*string{tea.String("accomplished")},
		InstanceId:      tea.String("i-web"),
		SnapshotGroupId: []*string{groupID},
	})
	equal(t, len(accomplished), 1)
	equal(t, *accomplished[0].Snapshots.Snapshot[1].Progress, "100%")

	answer(t, client.ModifySnapshotGroup, &ecs.ModifySnapshotGroupRequest{
		RegionId:        region,
		SnapshotGroupId: groupID,
		Name:            tea.String("changed"),
		Description:     tea.String("of two disks"),
	})
	answer(t, client.TagResources, &ecs.TagResourcesRequest{
		RegionId:     region,
		ResourceType: tea.String("snapshotgroup"),
		ResourceId:   []*string{groupID},
		Tag:          []*ecs.TagResourcesRequestTag{{Key: tea.String("env"), Value: tea.String("test")}},
	})
	changed := shown(&ecs.DescribeSnapshotGroupsRequest{
		Name: tea.String("changed"),
		Tag:  []*ecs.DescribeSnapshotGroupsRequestTag{{Key: tea.String("env"), Value: tea.String("test")}},
	})
	equal(t, len(changed), 1)
	equal(t, *changed[0].Description, "of two disks")
	equal(t, len(changed[0].Tags.Tag), 2)

	remove := &ecs.DeleteSnapshotGroupRequest{RegionId: region, SnapshotGroupId: groupID}
	var answered []string
	for _, of := range answer(t, client.DeleteSnapshotGroup, remove).Body.OperationProgressSet.OperationProgress {
		answered = append(answered, *of.OperationStatus+" "+*of.RelatedItemSet.RelatedItem[0].Value)
	}
	equal(t, answered, told)
	equal(t, len(shown(&ecs.DescribeSnapshotGroupsRequest{})), 0)
	_, err := client.DeleteSnapshotGroup(remove)
	failure := failureV2(t, err)
	equal(t, fmt.Sprint(failure.status, " ", failure.code), "404 InvalidSnapshotGroup.NotFound")
}

// Create, find, modify, apply, find from both sides, cancel, delete, and what is refused meanwhile.
func TestV2APolicyAndItsDisk(t *testing.T) {
	_, key := newSandbox(t)
	client := clientV2(t, key)
	region, diskIDs := tea.String("cn-hangzhou"), tea.String(`["d-web"]`)

	policyID := answer(t, client.CreateAutoSnapshotPolicy, &ecs.CreateAutoSnapshotPolicyRequest{
		RegionId:               region,
		AutoSnapshotPolicyName: tea.String("夜间"),
		TimePoints:             tea.String(`["1","22"]`),
		RepeatWeekdays:         tea.String(`["1","7"]`),
		RetentionDays:          tea.Int32(30),
	}).Body.AutoSnapshotPolicyId
	shown := func() []*ecs.DescribeAutoSnapshotPolicyExResponseBodyAutoSnapshotPoliciesAutoSnapshotPolicy {
		t.Helper()
		request := &ecs.DescribeAutoSnapshotPolicyExRequest{RegionId: region, AutoSnapshotPolicyId: policyID}
		return answer(t, client.DescribeAutoSnapshotPolicyEx, request).Body.AutoSnapshotPolicies.AutoSnapshotPolicy
	}
	found := shown()
	equal(t, len(found), 1)
	equal(t, *found[0].AutoSnapshotPolicyName, "夜间")
	equal(t, *found[0].Status, "Normal")
	equal(t, *found[0].TimePoints, `["1","22"]`)
	equal(t, *found[0].RepeatWeekdays, `["1","7"]`)
	equal(t, *found[0].TargetCopyRegions, "[]")
	equal(t, *found[0].RetentionDays, 30)
	equal(t, *found[0].DiskNums, 0)
	answer(t, client.ModifyAutoSnapshotPolicyEx, &ecs.ModifyAutoSnapshotPolicyExRequest{
		RegionId:             region,
		AutoSnapshotPolicyId: policyID,
		RetentionDays:        tea.Int32(-1),
	})
	equal(t, *shown()[0].RetentionDays, -1)

	disk := func() string {
		t.Helper()
		request := &ecs.DescribeDisksRequest{RegionId: region, DiskIds: diskIDs}
		disks := answer(t, client.DescribeDisks, request).Body.Disks.Disk
		equal(t, len(disks), 1)
		equal(t, *disks[0].EnableAutomatedSnapshotPolicy, *disks[0].AutoSnapshotPolicyId != "")
		return *disks[0].AutoSnapshotPolicyId
	}
	equal(t, disk(), "")
	answer(t, client.ApplyAutoSnapshotPolicy, &ecs.ApplyAutoSnapshotPolicyRequest{
		RegionId:             region,
		AutoSnapshotPolicyId: policyID,
		DiskIds:              diskIDs,
	})
	equal(t, disk(), *policyID)
	type pair struct {
		AutoSnapshotPolicyID string `json:"AutoSnapshotPolicyId"`
		DiskID               string `json:"DiskId"`
	}
	var associations struct {
		AutoSnapshotPolicyAssociations struct {
			AutoSnapshotPolicyAssociation []pair `json:"AutoSnapshotPolicyAssociation"`
		} `json:"AutoSnapshotPolicyAssociations"`
	}
	of := map[string]*string{"RegionId": region, "DiskId": tea.String("d-web")}
	byNameV2(t, client, "DescribeAutoSnapshotPolicyAssociations", of, &associations)
	equal(t, associations.AutoSnapshotPolicyAssociations.AutoSnapshotPolicyAssociation, []pair{{*policyID, "d-web"}})
	cancel := &ecs.CancelAutoSnapshotPolicyRequest{RegionId: region, DiskIds: diskIDs}
	answer(t, client.CancelAutoSnapshotPolicy, cancel)
	equal(t, disk(), "")

	remove := &ecs.DeleteAutoSnapshotPolicyRequest{RegionId: region, AutoSnapshotPolicyId: policyID}
	answer(t, client.DeleteAutoSnapshotPolicy, remove)
	equal(t, len(shown()), 0)
	_, err := client.DeleteAutoSnapshotPolicy(remove)
	failure := failureV2(t, err)
	equal(t, fmt.Sprint(failure.status, " ", failure.code), "404 ParameterInvalid")
}
