package dev.thaw.agent.export;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.common.InstrumentationLibraryInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.util.ArrayList;
import java.util.List;

/**
 * A finished span as OpenTelemetry's exporters take it.
 *
 * <p>Made directly and not by a tracer: the ids were given away when the calls went out, long
 * before anything of the SDK was loaded.
 */
final class Span implements SpanData {

  private static final InstrumentationScopeInfo SCOPE =
      InstrumentationScopeInfo.builder("dev.thaw").setVersion("0.1.0").build();

  final SpanContext context;
  final SpanContext parent;
  final String name;
  final SpanKind kind;
  final long startEpochNs;
  final long endEpochNs;
  final Resource resource;
  Attributes attributes = Attributes.empty();
  StatusData status = StatusData.unset();
  final List<EventData> events = new ArrayList<>();
  final List<LinkData> links = new ArrayList<>();

  Span(
      SpanContext context,
      SpanContext parent,
      String name,
      SpanKind kind,
      long startEpochNs,
      long endEpochNs,
      Resource resource) {
    this.context = context;
    this.parent = parent;
    this.name = name;
    this.kind = kind;
    this.startEpochNs = startEpochNs;
    // A clock that was set back must not make a negative duration.
    this.endEpochNs = Math.max(startEpochNs, endEpochNs);
    this.resource = resource;
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public SpanKind getKind() {
    return kind;
  }

  @Override
  public SpanContext getSpanContext() {
    return context;
  }

  @Override
  public SpanContext getParentSpanContext() {
    return parent;
  }

  @Override
  public StatusData getStatus() {
    return status;
  }

  @Override
  public long getStartEpochNanos() {
    return startEpochNs;
  }

  @Override
  public Attributes getAttributes() {
    return attributes;
  }

  @Override
  public List<EventData> getEvents() {
    return events;
  }

  @Override
  public List<LinkData> getLinks() {
    return links;
  }

  @Override
  public long getEndEpochNanos() {
    return endEpochNs;
  }

  @Override
  public boolean hasEnded() {
    return true;
  }

  @Override
  public int getTotalRecordedEvents() {
    return events.size();
  }

  @Override
  public int getTotalRecordedLinks() {
    return links.size();
  }

  @Override
  public int getTotalAttributeCount() {
    return attributes.size();
  }

  @Override
  @Deprecated
  public InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
    return InstrumentationLibraryInfo.empty();
  }

  @Override
  public InstrumentationScopeInfo getInstrumentationScopeInfo() {
    return SCOPE;
  }

  @Override
  public Resource getResource() {
    return resource;
  }
}
