package clients

import (
	"fmt"
	"testing"

	core "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	ecs6 "github.com/alibabacloud-go/ecs-20140526/v6/client"
	"github.com/alibabacloud-go/tea/dara"
	"github.com/alibabacloud-go/tea/tea"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
)

// What the SDKs send again by themselves, and what comes of it.

// effects go wrong with every call, for as long as they are planned.
var effects = map[string]map[string]any{
	"Throttling":      {"Code": "Throttling", "Status": 400, "Message": "Too many."},
	"Throttling.User": {"Throttling": map[string]any{}},
	"503":             {"Code": "ServiceUnavailable"},
	"reset":           {"Connection": "reset"},
	"empty":           {"Connection": "empty"},
}

// plan has something go wrong with every call of an action.
func (sandbox sandbox) plan(t *testing.T, action string, effect, others map[string]any) {
	t.Helper()
	fault := map[string]any{"Match": map[string]any{"Action": action}, "Effect": effect}
	for name, value := range others {
		fault[name] = value
	}
	sandbox.call(t, "POST", "/faults", fault)
}

// attempts tells how often the sandbox was asked for an action.
func (sandbox sandbox) attempts(t *testing.T, action string) int {
	t.Helper()
	verified := sandbox.call(t, "POST", "/requests/verify", map[string]any{"Action": action})
	return int(verified["Matching"].(float64))
}

// snapshots gives the ids of all that there are.
func (sandbox sandbox) snapshots(t *testing.T) []string {
	t.Helper()
	var ids []string
	for _, snapshot := range sandbox.call(t, "GET", "/snapshots", nil)["Snapshots"].([]any) {
		ids = append(ids, snapshot.(map[string]any)["SnapshotId"].(string))
	}
	return ids
}

// lost is once, when the action is carried out.
var lost = map[string]any{"Times": 1, "When": "after"}

func retryingV1(t *testing.T, key signing, isRetrying bool) *ecs.Client {
	t.Helper()
	config := sdk.NewConfig().WithAutoRetry(isRetrying)
	credential := credentials.NewAccessKeyCredential(key.accessKeyID, key.accessKeySecret)
	client, err := ecs.NewClientWithOptions("cn-hangzhou", config, credential)
	if err != nil {
		t.Fatal(err)
	}
	client.Domain = host
	return client
}

func TestRetriesV1(t *testing.T) {
	dateV1 = func(own func() string) string { return own() }
	nonceV1 = dateV1
	for _, test := range []struct {
		name       string
		isRetrying bool
		attempts   map[string]int
	}{
		{"by default", false, map[string]int{"Throttling": 1, "Throttling.User": 1, "503": 1, "reset": 1, "empty": 1}},
		{"with AutoRetry", true, map[string]int{"Throttling": 1, "Throttling.User": 1, "503": 4, "reset": 4, "empty": 4}},
	} {
		for name, attempts := range test.attempts {
			t.Run(test.name+" "+name, func(t *testing.T) {
				sandbox, key := newSandbox(t)
				sandbox.plan(t, "*", effects[name], nil)
				client := retryingV1(t, key, test.isRetrying)
				_, err := client.DescribeSnapshots(ecs.CreateDescribeSnapshotsRequest())
				equal(t, err != nil, true)
				equal(t, sandbox.attempts(t, "DescribeSnapshots"), attempts)
				// Whatever the action is.
				_, err = client.DeleteSnapshot(ecs.CreateDeleteSnapshotRequest())
				equal(t, err != nil, true)
				equal(t, sandbox.attempts(t, "DeleteSnapshot"), attempts)
			})
		}
	}
}

func TestALostAnswerV1(t *testing.T) {
	dateV1 = func(own func() string) string { return own() }
	nonceV1 = dateV1
	for _, connection := range []string{"reset", "empty"} {
		for token, snapshots := range map[string]int{"once": 1, "": 2} {
			t.Run(fmt.Sprintf("%s with ClientToken %q", connection, token), func(t *testing.T) {
				sandbox, key := newSandbox(t)
				sandbox.plan(t, "CreateSnapshot", effects[connection], lost)
				create := ecs.CreateCreateSnapshotRequest()
				create.DiskId = "d-web"
				create.ClientToken = token
				answer(t, retryingV1(t, key, true).CreateSnapshot, create)
				equal(t, sandbox.attempts(t, "CreateSnapshot"), 2)
				equal(t, len(sandbox.snapshots(t)), snapshots)
			})
		}
	}
}

func retryingV2(t *testing.T, key signing, options *dara.RetryOptions) *ecs6.Client {
	t.Helper()
	client, err := ecs6.NewClient(&core.Config{
		Endpoint:        tea.String(host),
		Protocol:        tea.String("http"),
		AccessKeyId:     tea.String(key.accessKeyID),
		AccessKeySecret: tea.String(key.accessKeySecret),
		RetryOptions:    options,
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestRetriesV2(t *testing.T) {
	for name, condition := range map[string]dara.RetryCondition{
		"Throttling":      {ErrorCode: []string{"Throttling"}},
		"Throttling.User": {ErrorCode: []string{"Throttling.User"}},
		"503":             {ErrorCode: []string{"ServiceUnavailable"}},
	} {
		t.Run(name, func(t *testing.T) {
			sandbox, key := newSandbox(t)
			sandbox.plan(t, "*", effects[name], nil)
			describe := &ecs6.DescribeSnapshotsRequest{RegionId: tea.String("cn-hangzhou")}
			_, err := retryingV2(t, key, nil).DescribeSnapshots(describe)
			equal(t, err != nil, true)
			equal(t, sandbox.attempts(t, "DescribeSnapshots"), 1)

			condition.MaxAttempts = 3
			// Without one it waits for 100 seconds: it takes its own milliseconds for seconds.
			condition.Backoff = &dara.FixedBackoffPolicy{Period: 0}
			options := &dara.RetryOptions{Retryable: true, RetryCondition: []*dara.RetryCondition{&condition}}
			_, err = retryingV2(t, key, options).DescribeSnapshots(describe)
			equal(t, err != nil, true)
			equal(t, sandbox.attempts(t, "DescribeSnapshots"), 1+3)
		})
	}
	for _, connection := range []string{"reset", "empty"} {
		t.Run(connection, func(t *testing.T) {
			sandbox, key := newSandbox(t)
			sandbox.plan(t, "*", effects[connection], nil)
			_, err := retryingV2(t, key, nil).DescribeSnapshots(
				&ecs6.DescribeSnapshotsRequest{RegionId: tea.String("cn-hangzhou")})
			equal(t, err != nil, true)
			equal(t, sandbox.attempts(t, "DescribeSnapshots"), 1)
		})
	}
}
