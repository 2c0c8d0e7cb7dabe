// The ways to attach the agent, or another tracer, with the collector's address filled in.

export interface Step {
  text: string;
  copy?: string;
}

export interface Way {
  key: string;
  title: string;
  /** Whether the function has to reach the collector. */
  needsNetwork: boolean;
  steps: (address: string) => Step[];
}

function variables(path: string, address: string): string {
  return `JAVA_TOOL_OPTIONS=-javaagent:${path}\nOTEL_EXPORTER_OTLP_ENDPOINT=${address}`;
}

export const WAYS: Way[] = [
  {
    key: "lambda-layer",
    title: "AWS Lambda, with a layer",
    needsNetwork: true,
    steps: (address) => [
      { text: "Put the agent into a layer:", copy: "zip -j thaw-layer.zip thaw-agent.jar" },
      {
        text: "Publish it, and add it to the function. It is unpacked to /opt:",
        copy: "aws lambda publish-layer-version --layer-name thaw --zip-file fileb://thaw-layer.zip",
      },
      { text: "Set two variables on the function:", copy: variables("/opt/thaw-agent.jar", address) },
    ],
  },
  {
    key: "lambda-image",
    title: "AWS Lambda, as a container image",
    needsNetwork: true,
    steps: (address) => [
      {
        text: "Add to the Dockerfile:",
        copy: `COPY thaw-agent.jar /opt/thaw-agent.jar\nENV JAVA_TOOL_OPTIONS=-javaagent:/opt/thaw-agent.jar\nENV OTEL_EXPORTER_OTLP_ENDPOINT=${address}`,
      },
      { text: "Build it, push it, and give the function the new image." },
    ],
  },
  {
    key: "stdout",
    title: "AWS Lambda without a network: by its log",
    needsNetwork: false,
    steps: (address) => [
      {
        text: "Attach the agent as ever, but let it write to the function's log:",
        copy: "JAVA_TOOL_OPTIONS=-javaagent:/opt/thaw-agent.jar\nTHAW_EXPORT=stdout",
      },
      {
        text: "Give the log to this collector, as often as you like:",
        copy: `./thaw import function.log --to ${address}`,
      },
    ],
  },
  {
    key: "otlp",
    title: "Node, Python, Go and others: by OTLP",
    needsNetwork: true,
    steps: (address) => [
      {
        text: "Let the language's OpenTelemetry SDK send here:",
        copy: `OTEL_EXPORTER_OTLP_ENDPOINT=${address}\nOTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\nOTEL_SERVICE_NAME=my-function`,
      },
      {
        text: "A span with faas.invocation_id is taken for an invocation; see docs/reference/attributes.md.",
      },
    ],
  },
];

/** An address that only this machine reaches. */
export function isLocal(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}
