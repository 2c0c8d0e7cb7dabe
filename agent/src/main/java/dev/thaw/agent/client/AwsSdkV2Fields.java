package dev.thaw.agent.client;

import dev.thaw.agent.invocation.TraceContext;
import dev.thaw.agent.propagation.TraceParent;
import dev.thaw.agent.propagation.XRayHeader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.utils.builder.SdkBuilder;
import software.amazon.awssdk.utils.builder.ToCopyableBuilder;

/**
 * Requests and responses of the AWS SDK 2, read and changed through their own field tables, which
 * every service has. Defined below the SDK's loader.
 */
final class AwsSdkV2Fields extends AwsFields {

  private static final String ATTRIBUTES = "MessageAttributes";
  private static final String TRACE_HEADER = "TraceHeader";
  private static final String CLIENT_CONTEXT = "ClientContext";

  private final @Nullable Object of;

  /**
   * @param of an SdkPojo; anything else has no fields
   */
  AwsSdkV2Fields(@Nullable Object of) {
    this.of = of;
  }

  @Override
  protected @Nullable Object value(String field) {
    return value(of, field);
  }

  @Override
  protected AwsFields part(@Nullable Object structure) {
    return new AwsSdkV2Fields(structure);
  }

  private static @Nullable Object value(@Nullable Object of, String field) {
    SdkField<?> known = field(of, field);
    return known == null ? null : known.getValueOrDefault(of);
  }

  private static @Nullable SdkField<?> field(@Nullable Object of, String name) {
    if (!(of instanceof SdkPojo)) {
      return null;
    }
    List<SdkField<?>> fields = ((SdkPojo) of).sdkFields();
    for (int i = 0; i < fields.size(); i++) {
      // Some services begin theirs with a small letter.
      if (name.equalsIgnoreCase(fields.get(i).memberName())) {
        return fields.get(i);
      }
    }
    return null;
  }

  /**
   * @return the request with the context in it; the given one where it can't carry any, or carries
   *     one that the application has set
   */
  static SdkRequest withContext(SdkRequest request, AwsServices services, TraceContext context) {
    SdkRequest.Builder builder = request.toBuilder();
    if (!carry(builder, request, services, context)) {
      return request;
    }
    return builder.build();
  }

  /**
   * @param from what is read; a builder's fields can only be set
   */
  private static boolean carry(
      Object builder, SdkRequest from, AwsServices services, TraceContext context) {
    switch (services.carrier()) {
      case ATTRIBUTES:
        return addAttribute(builder, from, context);
      case TRACE_HEADER:
        return addTraceHeader(builder, from, context);
      case CLIENT_CONTEXT:
        return addClientContext(builder, from, context);
      case ENTRY_ATTRIBUTES:
      case ENTRY_TRACE_HEADERS:
        return addToEntries(builder, from, services, context);
      default:
        return false;
    }
  }

  private static boolean addToEntries(
      Object builder, Object from, AwsServices services, TraceContext context) {
    Object value = value(from, services.entries());
    if (!(value instanceof List)) {
      return false;
    }
    boolean attributes = services.carrier() == AwsServices.Carrier.ENTRY_ATTRIBUTES;
    List<Object> entries = new ArrayList<>();
    boolean changed = false;
    for (Object entry : (List<?>) value) {
      SdkBuilder<?, ?> copy = ((ToCopyableBuilder<?, ?>) entry).toBuilder();
      boolean added =
          attributes ? addAttribute(copy, entry, context) : addTraceHeader(copy, entry, context);
      entries.add(added ? copy.build() : entry);
      changed |= added;
    }
    return changed && set(builder, services.entries(), entries);
  }

  private static boolean addAttribute(Object builder, Object from, TraceContext context) {
    SdkField<?> field = field(from, ATTRIBUTES);
    if (field == null) {
      return false;
    }
    Map<Object, Object> attributes = new HashMap<>();
    Object given = field.getValueOrDefault(from);
    if (given instanceof Map) {
      attributes.putAll((Map<?, ?>) given);
    }
    if (attributes.size() >= AwsServices.MOST_ATTRIBUTES
        || attributes.containsKey(TraceParent.NAME)) {
      return false;
    }
    Object value = field.getTrait(MapTrait.class).valueFieldInfo().constructor().get();
    set(value, "DataType", "String");
    set(value, "StringValue", TraceParent.format(context));
    attributes.put(TraceParent.NAME, ((SdkBuilder<?, ?>) value).build());
    return set(builder, ATTRIBUTES, attributes);
  }

  private static boolean addTraceHeader(Object builder, Object from, TraceContext context) {
    return value(from, TRACE_HEADER) == null
        && set(builder, TRACE_HEADER, XRayHeader.format(context));
  }

  private static boolean addClientContext(Object builder, Object from, TraceContext context) {
    // Lambda hands no client context to asynchronous invocations; they get the X-Ray header.
    if (value(from, CLIENT_CONTEXT) != null || "Event".equals(value(from, "InvocationType"))) {
      return false;
    }
    String encoded = AwsServices.clientContext(context);
    return encoded != null && set(builder, CLIENT_CONTEXT, encoded);
  }

  /**
   * @return false when there is no such field
   */
  private static boolean set(Object builder, String name, Object value) {
    SdkField<?> field = field(builder, name);
    if (field == null) {
      return false;
    }
    field.set(builder, value);
    return true;
  }
}
