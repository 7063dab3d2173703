// Package clients drives the server with the Go SDKs.
package clients

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// host is the server's host and port.
var host = os.Getenv("ECS_MOCK_HOST")

// parameters of a request under the API's names; Tag and Filter are lists.
type parameters map[string]any

// cases are the contents of cases.json.
var cases struct {
	Filters []struct {
		Name        string
		Parameters  parameters
		SnapshotIds []string
		TotalCount  *int
	}
	Errors []struct {
		Name       string
		Parameters parameters
		Status     int
		Code       string
	}
	Refusals map[string]struct {
		Status        int
		Code, Message string
	}
	Snapshots []map[string]any
	State     map[string]any
}

func TestMain(m *testing.M) {
	if host == "" {
		panic("tests/clients/run sets ECS_MOCK_CASES and ECS_MOCK_HOST")
	}
	file, err := os.Open(os.Getenv("ECS_MOCK_CASES"))
	if err != nil {
		panic(err)
	}
	decoder := json.NewDecoder(file)
	decoder.UseNumber()
	if err := decoder.Decode(&cases); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// page is what the suites compare of a reply.
type page struct {
	ids                              []string
	pageNumber, pageSize, totalCount int
	nextToken                        string
}

// failure is what the suites compare of an error.
type failure struct {
	status        int
	code, message string
	requestID     string
}

// signing is what requests are signed with; where date or nonce is empty, it is the SDK's own.
type signing struct{ accessKeyID, accessKeySecret, date, nonce string }

var (
	usual       = signing{"testid", "testsecret", "", ""}
	wrongSecret = signing{"testid", "not the secret", "", ""}
)

// suite holds for both SDKs; describe makes a request with one of them.
type suite struct {
	signing  signing
	describe func(*testing.T, signing, parameters) (page, *failure)
}

func (suite suite) page(t *testing.T, parameters parameters) page {
	t.Helper()
	page, failure := suite.describe(t, suite.signing, parameters)
	if failure != nil {
		t.Fatalf("unexpected error: %+v", *failure)
	}
	return page
}

func (suite suite) failure(t *testing.T, parameters parameters) failure {
	t.Helper()
	page, failure := suite.describe(t, suite.signing, parameters)
	if failure == nil {
		t.Fatalf("no error, but a reply: %+v", page)
	}
	return *failure
}

func (suite suite) testFilters(t *testing.T) {
	for _, test := range cases.Filters {
		t.Run(test.Name, func(t *testing.T) {
			page := suite.page(t, test.Parameters)
			equal(t, page.ids, test.SnapshotIds)
			total := len(test.SnapshotIds)
			if test.TotalCount != nil {
				total = *test.TotalCount
			}
			equal(t, page.totalCount, total)
		})
	}
}

func (suite suite) testErrors(t *testing.T) {
	for _, test := range cases.Errors {
		t.Run(test.Name, func(t *testing.T) {
			failure := suite.failure(t, test.Parameters)
			equal(t, failure.status, test.Status)
			equal(t, failure.code, test.Code)
		})
	}
}

var requestID = regexp.MustCompile(`^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$`)

func (suite suite) testError(t *testing.T) {
	failure := suite.failure(t, parameters{"RegionId": "cn-hangzhou", "Usage": "backup"})
	equal(t, failure.status, 404)
	equal(t, failure.code, "InvalidUsage")
	equal(t, strings.Contains(failure.message, "The specified Usage is not valid"), true)
	equal(t, requestID.MatchString(failure.requestID), true)
}

// signed is the suite with requests signed in another way.
func (suite suite) signed(signing signing) suite {
	suite.signing = signing
	return suite
}

func (suite suite) testRefusals(t *testing.T) {
	empty := parameters{"RegionId": "cn-shanghai"}
	refused := func(name string, signing signing) {
		t.Run(name, func(t *testing.T) {
			failure, expected := suite.signed(signing).failure(t, empty), cases.Refusals[name]
			equal(t, failure.status, expected.Status)
			equal(t, failure.code, expected.Code)
			equal(t, strings.Contains(failure.message, expected.Message), true)
		})
	}

	refused("unknown key", signing{"nobody", "testsecret", "", ""})

	anHourAgo := time.Now().UTC().Add(-time.Hour).Format("2006-01-02T15:04:05Z")
	refused("stale clock", signing{"testid", "testsecret", anHourAgo, ""})

	withNonce := signing{"testid", "testsecret", "", rand.Text()}
	equal(t, suite.signed(withNonce).page(t, empty).ids, []string{})
	refused("nonce used twice", withNonce)
}

func (suite suite) testWrongSecret(t *testing.T, beginning string) {
	failure := suite.signed(wrongSecret).failure(t, parameters{"RegionId": "cn-shanghai"})
	equal(t, failure.status, 400)
	equal(t, failure.code, "SignatureDoesNotMatch")
	equal(t, strings.Contains(failure.message, beginning), true)
}

func (suite suite) testEmptyList(t *testing.T) {
	page := suite.page(t, parameters{"RegionId": "cn-shanghai"})
	equal(t, page.ids, []string{})
	equal(t, []int{page.totalCount, page.pageNumber, page.pageSize}, []int{0, 1, 10})
}

func (suite suite) testPagesByNumber(t *testing.T) {
	everything := suite.everything(t)
	var found []string
	for index, length := range []int{7, 7, 7, 7, 7, 1, 0} {
		page := suite.page(t, parameters{"RegionId": "cn-hangzhou", "PageNumber": index + 1, "PageSize": 7})
		equal(t, len(page.ids), length)
		equal(t, []int{page.pageNumber, page.pageSize, page.totalCount}, []int{index + 1, 7, 36})
		equal(t, page.nextToken, "")
		found = append(found, page.ids...)
	}
	equal(t, found, everything)
}

func (suite suite) testPagesByToken(t *testing.T) {
	everything := suite.everything(t)
	var found []string
	request := parameters{"RegionId": "cn-hangzhou", "MaxResults": 10}
	for _, length := range []int{10, 10, 10, 6} {
		page := suite.page(t, request)
		equal(t, len(page.ids), length)
		found = append(found, page.ids...)
		equal(t, page.nextToken == "", length == 6)
		request["NextToken"] = page.nextToken
	}
	equal(t, found, everything)
}

func (suite suite) everything(t *testing.T) []string {
	t.Helper()
	ids := suite.page(t, parameters{"RegionId": "cn-hangzhou", "PageSize": 100}).ids
	equal(t, len(slices.Compact(slices.Sorted(slices.Values(ids)))), 36)
	return ids
}

// sandbox is one's own, for the length of the test: with the state of cases.json, a clock that stands, and snapshots
// that take two seconds.
type sandbox struct{ url string }

func newSandbox(t *testing.T) (sandbox, signing) {
	t.Helper()
	name := rand.Text()
	all := sandbox{"http://" + host + "/_mock/v1/sandboxes"}
	created := all.call(t, "POST", "", map[string]any{
		"Name": name, "From": "empty", "Clock": map[string]any{"Mode": "frozen"},
		"Settings": map[string]any{"SnapshotSeconds": 2},
	})
	own := sandbox{all.url + "/" + name}
	t.Cleanup(func() { own.call(t, "DELETE", "", nil) })
	own.call(t, "POST", "/state", cases.State)
	return own, signing{created["AccessKeyId"].(string), created["AccessKeySecret"].(string), "", ""}
}

// advance moves its clock, which brings snapshots along that are being made.
func (sandbox sandbox) advance(t *testing.T, seconds int) {
	t.Helper()
	sandbox.call(t, "POST", "/clock/advance", map[string]any{"Seconds": seconds})
}

// call makes a request of the control plane, below the sandbox.
func (sandbox sandbox) call(t *testing.T, method, path string, body any) map[string]any {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	if body == nil {
		text = nil
	}
	request, err := http.NewRequest(method, sandbox.url+path, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s %v", method, path, response.StatusCode, answer, err)
	}
	fields := map[string]any{}
	if len(answer) > 0 {
		if err := json.Unmarshal(answer, &fields); err != nil {
			t.Fatal(err)
		}
	}
	return fields
}

// answer gives what answers a request.
func answer[Request, Response any](t *testing.T, call func(Request) (Response, error), request Request) Response {
	t.Helper()
	response, err := call(request)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

// zones are those of cn-hangzhou.
var zones = []string{"cn-hangzhou-a", "cn-hangzhou-b", "cn-hangzhou-g", "cn-hangzhou-h"}

// one names a single snapshot.
func one(regionID, snapshotID string) parameters {
	return parameters{"RegionId": regionID, "SnapshotIds": fmt.Sprintf("[%q]", snapshotID)}
}

// jsonName gives the name of a typed field in JSON, which is the API's.
func jsonName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}

// equalFields compares the fields of a typed snapshot, but for Tags, with those that the API shows. A field that the
// API leaves out is at its type's zero.
func equalFields(t *testing.T, snapshot reflect.Value, expected map[string]any) {
	t.Helper()
	left := maps.Clone(expected)
	delete(left, "Tags")
	// Newer than both SDKs.
	delete(left, "FullSnapshotSizeInBytes")
	for index := range snapshot.NumField() {
		name := jsonName(snapshot.Type().Field(index))
		if name == "Tags" {
			continue
		}
		field := snapshot.Field(index)
		value, isShown := left[name]
		delete(left, name)
		switch {
		case !isShown:
			equal(t, name+": "+fmt.Sprint(field.IsZero()), name+": true")
		case field.Kind() == reflect.Pointer && field.IsNil():
			t.Errorf("%s is absent", name)
		default:
			equal(t, name+": "+fmt.Sprint(reflect.Indirect(field)), name+": "+fmt.Sprint(value))
		}
	}
	equal(t, slices.Sorted(maps.Keys(left)), nil)
}

// tagsOf gives the tags that the API shows in a snapshot of cases.json.
func tagsOf(snapshot map[string]any) map[string]string {
	tags := map[string]string{}
	for _, tag := range snapshot["Tags"].(map[string]any)["Tag"].([]any) {
		tag := tag.(map[string]any)
		tags[tag["TagKey"].(string)] = tag["TagValue"].(string)
	}
	return tags
}

func equal[T any](t *testing.T, actual, expected T) {
	t.Helper()
	if !reflect.DeepEqual(actual, expected) {
		t.Errorf("\n     got: %v\nexpected: %v", actual, expected)
	}
}
