package clients

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"

	core "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	ecs "github.com/alibabacloud-go/ecs-20140526/v6/client"
	util "github.com/alibabacloud-go/tea-utils/v2/service"
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

// codeV2 is the code of the error that a server answered.
func codeV2(t *testing.T, err error) string {
	t.Helper()
	var server *tea.SDKError
	if !errors.As(err, &server) {
		t.Fatalf("not the SDK's error for a server's answer: %v", err)
	}
	return *server.Code
}

var v2 = suite{usual, func(t *testing.T, signing signing, parameters parameters) (page, *failure) {
	t.Helper()
	response, err := describeV2(t, signing, parameters)
	if err != nil {
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
		return page{}, &failure{*server.StatusCode, *server.Code, *server.Message, data.RequestID}
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

func TestV2CreateWaitReadByTagDelete(t *testing.T) {
	sandbox, key := newSandbox(t)
	sandbox.call(t, "POST", "/disks", map[string]any{"DiskId": "d-data", "RegionId": "cn-beijing", "Size": 20})
	client := clientV2(t, key)
	create := &ecs.CreateSnapshotRequest{
		DiskId:       tea.String("d-data"),
		SnapshotName: tea.String("nightly"),
		ClientToken:  tea.String("once"),
		Tag:          []*ecs.CreateSnapshotRequestTag{{Key: tea.String("说明"), Value: tea.String("a=b&c")}},
	}
	made, err := client.CreateSnapshot(create)
	if err != nil {
		t.Fatal(err)
	}
	again, err := client.CreateSnapshot(create)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, *again.Body.SnapshotId, *made.Body.SnapshotId)
	equal(t, *again.Body.RequestId != *made.Body.RequestId, true)
	_, err = client.CreateSnapshot(&ecs.CreateSnapshotRequest{DiskId: tea.String("d-data")})
	equal(t, codeV2(t, err), "IncorrectDiskStatus.CreatingSnapshot")

	tagged := func() []*snapshotV2 {
		t.Helper()
		tag := map[string]any{"Key": "说明", "Value": "a=b&c"}
		response, err := describeV2(t, key, parameters{"RegionId": "cn-beijing", "Tag": []any{tag}})
		if err != nil {
			t.Fatal(err)
		}
		return response.Body.Snapshots.Snapshot
	}
	shown := func() string {
		t.Helper()
		snapshots := tagged()
		if len(snapshots) != 1 {
			t.Fatalf("%d snapshots", len(snapshots))
		}
		snapshot := snapshots[0]
		equal(t, *snapshot.SnapshotId, *made.Body.SnapshotId)
		return fmt.Sprint(*snapshot.SnapshotName, " ", *snapshot.Status, " ", *snapshot.Progress, " ", *snapshot.Available)
	}
	equal(t, shown(), "nightly progressing 0% false")
	sandbox.call(t, "POST", "/clock/advance", map[string]any{"Seconds": 2})
	equal(t, shown(), "nightly accomplished 100% true")

	remove := &ecs.DeleteSnapshotRequest{SnapshotId: made.Body.SnapshotId}
	if _, err := client.DeleteSnapshot(remove); err != nil {
		t.Fatal(err)
	}
	equal(t, len(tagged()), 0)
	_, err = client.DeleteSnapshot(remove)
	equal(t, codeV2(t, err), "InvalidSnapshotId.NotFound")
}
