package dev.thaw.agent.export;

/**
 * One record, encoded: an ExportTraceServiceRequest (opentelemetry-proto) of its own.
 *
 * <p>Requests may be joined by writing one behind the other, because all they hold is a repeated
 * field (Protocol Buffers, «Encoding», section on merging). So a record is encoded once, kept and
 * spooled as bytes, and several go as one request. Guarded by the exporter's list.
 */
final class Parcel {
  final byte[] bytes;

  /** Empty for one that an earlier process left behind. */
  final String traceId;

  /** Empty for one that an earlier process left behind. */
  final String spanId;

  /** Whether a later record of the same span is to be expected. */
  final boolean provisional;

  /** Posted, and the answer not read yet. */
  boolean posted;

  Parcel(byte[] bytes, String traceId, String spanId, boolean provisional) {
    this.bytes = bytes;
    this.traceId = traceId;
    this.spanId = spanId;
    this.provisional = provisional;
  }
}
