// Sends one span by each of OpenTelemetry's exporters, plain and compressed, and prints how and which trace.
import { OTLPTraceExporter as Grpc } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as Json } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as Protobuf } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

const address = process.argv[2];
const ways = [
  ["protobuf", Protobuf, `${address}/v1/traces`],
  ["json", Json, `${address}/v1/traces`],
  ["grpc", Grpc, address],
];
for (const [name, Exporter, url] of ways) {
  for (const compression of ["none", "gzip"]) {
    const provider = new TracerProvider({
      resource: resourceFromAttributes({ "service.name": "node-function", "faas.name": "node-function" }),
      spanProcessors: [new SimpleSpanProcessor({ exporter: new Exporter({ url, compression }) })],
    });
    const span = provider.getTracer("test").startSpan("charge", {
      kind: 1,
      attributes: { "faas.invocation_id": `${name}-${compression}`, text: "€".repeat(200), number: 7, list: ["a", "b"] },
    });
    span.addEvent("retried", { attempt: 2 });
    span.end();
    await provider.forceFlush();
    await provider.shutdown();
    console.log(`${name} ${compression} ${span.spanContext().traceId}`);
  }
}
