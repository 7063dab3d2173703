package clients

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	_ "unsafe" // for go:linkname

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
)

// alibaba-cloud-sdk-go, the old SDK: signature V1, typed requests and typed replies.

// Where the SDK's own tests put in a date and a nonce; users cannot.
//
//go:linkname dateV1 github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth.hookGetDate
//go:linkname nonceV1 github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth.hookGetNonce
var dateV1, nonceV1 func(func() string) string

func describeV1(t *testing.T, signing signing, parameters parameters) (*ecs.DescribeSnapshotsResponse, error) {
	t.Helper()
	client, err := ecs.NewClientWithAccessKey("cn-qingdao", signing.accessKeyID, signing.accessKeySecret)
	if err != nil {
		t.Fatal(err)
	}
	client.Domain = host
	dateV1 = func(own func() string) string { return cmp.Or(signing.date, own()) }
	nonceV1 = func(own func() string) string { return cmp.Or(signing.nonce, own()) }
	return client.DescribeSnapshots(requestV1(parameters))
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

var v1 = suite{usual, func(t *testing.T, signing signing, parameters parameters) (page, *failure) {
	t.Helper()
	response, err := describeV1(t, signing, parameters)
	if err != nil {
		var server *sdk.ServerError
		if !errors.As(err, &server) {
			t.Fatalf("not the SDK's error for a server's answer: %v", err)
		}
		return page{}, &failure{server.HttpStatus(), server.ErrorCode(), server.Message(), server.RequestId()}
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
