//! What clients are told so that they reach a sandbox: variables of their environment, and their own settings.

use std::fmt::Write as _;

/// Where a sandbox is, and what to sign with.
#[derive(Debug, Clone, Copy)]
pub struct Connection<'a> {
    /// Of the server, without a slash at its end.
    pub url: &'a str,
    pub sandbox: &'a str,
    pub access_key_id: &'a str,
    pub access_key_secret: &'a str,
    pub security_token: Option<&'a str>,
}

/// The settings of one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub client: &'static str,
    pub text: String,
}

impl<'a> Connection<'a> {
    /// Host and port, as clients call their endpoint.
    #[must_use]
    pub fn host(&self) -> &'a str {
        self.url.split_once("://").map_or(self.url, |(_, host)| host)
    }

    fn protocol(&self) -> &'a str {
        self.url.split_once("://").map_or("http", |(protocol, _)| protocol)
    }

    /// The variables of the environment that clients look at.
    #[must_use]
    pub fn variables(&self) -> Vec<(&'static str, &'a str)> {
        let (host, id, secret) = (self.host(), self.access_key_id, self.access_key_secret);
        let mut variables = vec![
            ("ALIBABA_CLOUD_ENDPOINT", host),
            ("ALIBABA_CLOUD_ENDPOINT_ECS", host),
            ("ECS_ENDPOINT", host),
            ("ALIBABA_CLOUD_ACCESS_KEY_ID", id),
            ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", secret),
            ("ALIYUN_ACCESS_KEY_ID", id),
            ("ALIYUN_ACCESS_KEY_SECRET", secret),
            // Without it, Terraform asks the real cloud what kind of account this is.
            ("ALIBABA_CLOUD_ACCOUNT_TYPE", "Domestic"),
            ("ECS_MOCK_URL", self.url),
            ("ECS_MOCK_SANDBOX", self.sandbox),
        ];
        variables.extend(self.security_token.map(|token| ("ALIBABA_CLOUD_SECURITY_TOKEN", token)));
        variables
    }

    /// The same as lines of a shell.
    #[must_use]
    pub fn exports(&self) -> String {
        let mut text = String::new();
        for (name, value) in self.variables() {
            let _ = writeln!(text, "export {name}={}", quoted(value));
        }
        text
    }

    /// The settings of each client, in its own language.
    #[must_use]
    pub fn settings(&self) -> Vec<Settings> {
        let (host, protocol) = (literal(self.host()), literal(self.protocol()));
        let (url, id) = (literal(self.url), literal(self.access_key_id));
        let secret = literal(self.access_key_secret);
        let insecure = if self.protocol() == "http" { " --insecure" } else { "" };
        // In Terraform's strings, these begin an expression.
        let hcl = |literal: &str| literal.replace("${", "$${").replace("%{", "%%{");
        let settings = [
            ("Shell", self.exports()),
            (
                "Python (alibabacloud_ecs20140526)",
                format!(
                    "Client(Config(access_key_id={id}, access_key_secret={secret},\n              \
                     region_id=\"cn-hangzhou\", endpoint={host}, protocol={protocol}))\n"
                ),
            ),
            (
                "Python (aliyun-python-sdk-ecs)",
                format!(
                    "client = AcsClient({id}, {secret}, \"cn-hangzhou\")\nrequest.set_endpoint({host})\n\
                     request.set_protocol_type({protocol})\n"
                ),
            ),
            (
                "Node.js (@alicloud/ecs20140526)",
                format!(
                    "new ecs.default(new openapi.$OpenApiUtil.Config({{\n  accessKeyId: {id}, accessKeySecret: \
                     {secret},\n  endpoint: {host}, protocol: {protocol},\n}}))\n"
                ),
            ),
            (
                "Node.js (@alicloud/pop-core)",
                format!(
                    "new RPCClient({{ endpoint: {url}, apiVersion: \"2014-05-26\",\n                accessKeyId: {id}, \
                     accessKeySecret: {secret} }})\n"
                ),
            ),
            (
                "Go (ecs-20140526)",
                format!(
                    "&openapi.Config{{\n\tAccessKeyId:     tea.String({id}),\n\tAccessKeySecret: tea.String({secret}),\n\
                     \tEndpoint:        tea.String({host}),\n\tProtocol:        tea.String({protocol}),\n}}\n"
                ),
            ),
            (
                "Go (alibaba-cloud-sdk-go)",
                format!(
                    "client, err := ecs.NewClientWithAccessKey(\"cn-hangzhou\", {id}, {secret})\nclient.Domain = {host}\n\
                     request.Scheme = {protocol}\n"
                ),
            ),
            (
                "Java (com.aliyun:ecs20140526)",
                format!(
                    "new Config().setAccessKeyId({id}).setAccessKeySecret({secret})\n    .setEndpoint({host})\
                     .setProtocol({protocol})\n"
                ),
            ),
            (
                "Java (aliyun-java-sdk-ecs)",
                format!("DefaultProfile.getProfile(\"cn-hangzhou\", {id}, {secret})\nrequest.setSysEndpoint({host})\n"),
            ),
            (
                "aliyun CLI",
                format!(
                    "aliyun ecs DescribeSnapshots --RegionId cn-hangzhou --endpoint {} --mode AK{insecure} \\\n  \
                     --access-key-id {} --access-key-secret {}\n",
                    self.host(),
                    quoted(self.access_key_id),
                    quoted(self.access_key_secret),
                ),
            ),
            (
                "Terraform",
                format!(
                    "provider \"alicloud\" {{\n  region                 = \"cn-hangzhou\"\n  access_key             = {}\n  \
                     secret_key             = {}\n  protocol               = \"{}\"\n  account_type           = \
                     \"Domestic\"\n  skip_region_validation = true\n  endpoints {{\n    ecs = {host}\n  }}\n}}\n",
                    hcl(&id),
                    hcl(&secret),
                    self.protocol().to_uppercase(),
                ),
            ),
        ];
        settings.into_iter().map(|(client, text)| Settings { client, text }).collect()
    }
}

/// A word of a shell.
#[must_use]
pub fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// A text as Python, JavaScript, Go, Java and Terraform write it.
fn literal(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
