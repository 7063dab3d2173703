package clients

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	core "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	"github.com/alibabacloud-go/darabonba-openapi/v2/utils"
	"github.com/alibabacloud-go/tea/dara"
	"github.com/alibabacloud-go/tea/tea"
)

// darabonba-openapi, the core of the current SDK: signature V3. The module of ecs-20140526 v7, whose DescribeSnapshots
// is one CallApi of this core between a typed request and a typed reply, could not be had when this was written, so the
// call and the part of the reply's type that the tests read are here.

type snapshotV2 struct {
	Available                  *bool   `json:"Available"`
	Category                   *string `json:"Category"`
	CreationTime               *string `json:"CreationTime"`
	Description                *string `json:"Description"`
	Encrypted                  *bool   `json:"Encrypted"`
	FullSnapshotSizeInBytes    *int64  `json:"FullSnapshotSizeInBytes"`
	InstantAccess              *bool   `json:"InstantAccess"`
	InstantAccessRetentionDays *int32  `json:"InstantAccessRetentionDays"`
	KMSKeyID                   *string `json:"KMSKeyId"`
	LastModifiedTime           *string `json:"LastModifiedTime"`
	ProductCode                *string `json:"ProductCode"`
	Progress                   *string `json:"Progress"`
	RegionID                   *string `json:"RegionId"`
	RemainTime                 *int32  `json:"RemainTime"`
	ResourceGroupID            *string `json:"ResourceGroupId"`
	RetentionDays              *int32  `json:"RetentionDays"`
	SnapshotID                 *string `json:"SnapshotId"`
	SnapshotLinkID             *string `json:"SnapshotLinkId"`
	SnapshotName               *string `json:"SnapshotName"`
	SnapshotSN                 *string `json:"SnapshotSN"`
	SnapshotType               *string `json:"SnapshotType"`
	SourceDiskID               *string `json:"SourceDiskId"`
	SourceDiskSize             *string `json:"SourceDiskSize"`
	SourceDiskType             *string `json:"SourceDiskType"`
	SourceRegionID             *string `json:"SourceRegionId"`
	SourceSnapshotID           *string `json:"SourceSnapshotId"`
	SourceStorageType          *string `json:"SourceStorageType"`
	Status                     *string `json:"Status"`
	Usage                      *string `json:"Usage"`
	Tags                       *struct {
		Tag []struct {
			TagKey   *string `json:"TagKey"`
			TagValue *string `json:"TagValue"`
		} `json:"Tag"`
	} `json:"Tags"`
}

type responseV2 struct {
	Body *struct {
		NextToken  *string `json:"NextToken"`
		PageNumber *int32  `json:"PageNumber"`
		PageSize   *int32  `json:"PageSize"`
		TotalCount *int32  `json:"TotalCount"`
		Snapshots  *struct {
			Snapshot []snapshotV2 `json:"Snapshot"`
		} `json:"Snapshots"`
	} `json:"body"`
}

func describeV2(t *testing.T, parameters parameters) (*responseV2, error) {
	t.Helper()
	client, err := core.NewClient(&utils.Config{
		Endpoint:        dara.String(host),
		Protocol:        dara.String("http"),
		AccessKeyId:     dara.String("testid"),
		AccessKeySecret: dara.String("testsecret"),
	})
	if err != nil {
		t.Fatal(err)
	}
	params := &utils.Params{
		Action:      dara.String("DescribeSnapshots"),
		Version:     dara.String("2014-05-26"),
		Protocol:    dara.String("HTTPS"),
		Pathname:    dara.String("/"),
		Method:      dara.String("POST"),
		AuthType:    dara.String("AK"),
		Style:       dara.String("RPC"),
		ReqBodyType: dara.String("formData"),
		BodyType:    dara.String("json"),
	}
	request := &utils.OpenApiRequest{Query: utils.Query(parameters)}
	reply, err := client.CallApi(params, request, &dara.RuntimeOptions{})
	if err != nil {
		return nil, err
	}
	response := &responseV2{}
	return response, dara.Convert(reply, response)
}

func oneV2(t *testing.T, regionID, snapshotID string) snapshotV2 {
	t.Helper()
	response, err := describeV2(t, one(regionID, snapshotID))
	if err != nil {
		t.Fatal(err)
	}
	if len(response.Body.Snapshots.Snapshot) != 1 {
		t.Fatalf("%d snapshots", len(response.Body.Snapshots.Snapshot))
	}
	return response.Body.Snapshots.Snapshot[0]
}

func tagsV2(snapshot snapshotV2) map[string]string {
	tags := map[string]string{}
	for _, tag := range snapshot.Tags.Tag {
		tags[*tag.TagKey] = *tag.TagValue
	}
	return tags
}

var v2 = suite{func(t *testing.T, parameters parameters) (page, *failure) {
	t.Helper()
	response, err := describeV2(t, parameters)
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
		ids = append(ids, *snapshot.SnapshotID)
	}
	numbers := []int{int(*body.PageNumber), int(*body.PageSize), int(*body.TotalCount)}
	return page{ids, numbers[0], numbers[1], numbers[2], dara.StringValue(body.NextToken)}, nil
}}

func TestV2Filters(t *testing.T)       { v2.testFilters(t) }
func TestV2Errors(t *testing.T)        { v2.testErrors(t) }
func TestV2Error(t *testing.T)         { v2.testError(t) }
func TestV2EmptyList(t *testing.T)     { v2.testEmptyList(t) }
func TestV2PagesByNumber(t *testing.T) { v2.testPagesByNumber(t) }
func TestV2PagesByToken(t *testing.T)  { v2.testPagesByToken(t) }

func TestV2RegionIDIsRequired(t *testing.T) {
	equal(t, v2.failure(t, parameters{}).code, "MissingParameter")
}

func TestV2Snapshots(t *testing.T) {
	for _, expected := range cases.Snapshots {
		id := expected["SnapshotId"].(string)
		t.Run(id, func(t *testing.T) {
			snapshot := oneV2(t, expected["RegionId"].(string), id)
			equalFields(t, reflect.ValueOf(snapshot), expected)
			equal(t, tagsV2(snapshot), tagsOf(expected))
		})
	}
}

func TestV2Fields(t *testing.T) {
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
