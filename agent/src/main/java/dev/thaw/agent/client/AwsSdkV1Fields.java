package dev.thaw.agent.client;

import com.amazonaws.AmazonWebServiceRequest;
import dev.thaw.agent.invocation.TraceContext;
import dev.thaw.agent.propagation.TraceParent;
import dev.thaw.agent.propagation.XRayHeader;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Requests and responses of the AWS SDK 1, which are beans: read and changed by reflection, always
 * on a copy. Defined below the SDK's loader.
 */
final class AwsSdkV1Fields extends AwsFields {

  private final @Nullable Object of;

  AwsSdkV1Fields(@Nullable Object of) {
    this.of = of;
  }

  @Override
  protected @Nullable Object value(String field) {
    return value(of, field);
  }

  @Override
  protected AwsFields part(@Nullable Object structure) {
    return new AwsSdkV1Fields(structure);
  }

  private static @Nullable Object value(@Nullable Object of, String field) {
    if (of == null) {
      return null;
    }
    try {
      return of.getClass().getMethod("get" + field).invoke(of);
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }

  private static boolean set(Object on, String field, Object value)
      throws ReflectiveOperationException {
    Method[] methods = on.getClass().getMethods();
    for (int i = 0; i < methods.length; i++) {
      if (methods[i].getName().equals("set" + field)
          && methods[i].getParameterCount() == 1
          && methods[i].getParameterTypes()[0].isInstance(value)) {
        methods[i].invoke(on, value);
        return true;
      }
    }
    return false;
  }

  private static Object copy(Object of) throws ReflectiveOperationException {
    return of.getClass().getMethod("clone").invoke(of);
  }

  /**
   * @return a copy with the context in it; the given one where it can't carry any, or carries one
   *     that the application has set
   */
  static AmazonWebServiceRequest withContext(
      AmazonWebServiceRequest request, AwsServices services, TraceContext context)
      throws ReflectiveOperationException {
    AmazonWebServiceRequest copy = request.clone();
    return carry(copy, services, context) ? copy : request;
  }

  private static boolean carry(
      AmazonWebServiceRequest copy, AwsServices services, TraceContext context)
      throws ReflectiveOperationException {
    switch (services.carrier()) {
      case ATTRIBUTES:
        return addAttribute(copy, copy.getClass(), context);
      case TRACE_HEADER:
        return addTraceHeader(copy, context);
      case CLIENT_CONTEXT:
        return addClientContext(copy, context);
      case ENTRY_ATTRIBUTES:
      case ENTRY_TRACE_HEADERS:
        return addToEntries(copy, services, context);
      default:
        return false;
    }
  }

  private static boolean addToEntries(Object copy, AwsServices services, TraceContext context)
      throws ReflectiveOperationException {
    Object value = value(copy, services.entries());
    if (!(value instanceof List)) {
      return false;
    }
    boolean attributes = services.carrier() == AwsServices.Carrier.ENTRY_ATTRIBUTES;
    List<Object> entries = new ArrayList<>();
    boolean changed = false;
    for (Object entry : (List<?>) value) {
      Object own = copy(entry);
      boolean added =
          attributes ? addAttribute(own, entry.getClass(), context) : addTraceHeader(own, context);
      entries.add(added ? own : entry);
      changed |= added;
    }
    return changed && set(copy, services.entries(), entries);
  }

  private static boolean addAttribute(Object message, Class<?> type, TraceContext context)
      throws ReflectiveOperationException {
    Map<Object, Object> attributes = new HashMap<>();
    Object given = value(message, "MessageAttributes");
    if (given instanceof Map) {
      attributes.putAll((Map<?, ?>) given);
    }
    if (attributes.size() >= AwsServices.MOST_ATTRIBUTES
        || attributes.containsKey(TraceParent.NAME)) {
      return false;
    }
    String model = type.getName().substring(0, type.getName().lastIndexOf('.'));
    Object value =
        Class.forName(model + ".MessageAttributeValue", true, type.getClassLoader())
            .getDeclaredConstructor()
            .newInstance();
    set(value, "DataType", "String");
    set(value, "StringValue", TraceParent.format(context));
    attributes.put(TraceParent.NAME, value);
    return set(message, "MessageAttributes", attributes);
  }

  private static boolean addTraceHeader(Object to, TraceContext context)
      throws ReflectiveOperationException {
    return value(to, "TraceHeader") == null && set(to, "TraceHeader", XRayHeader.format(context));
  }

  private static boolean addClientContext(Object copy, TraceContext context)
      throws ReflectiveOperationException {
    // Lambda hands no client context to asynchronous invocations; they get the X-Ray header.
    if (value(copy, "ClientContext") != null || "Event".equals(value(copy, "InvocationType"))) {
      return false;
    }
    String encoded = AwsServices.clientContext(context);
    return encoded != null && set(copy, "ClientContext", encoded);
  }
}
