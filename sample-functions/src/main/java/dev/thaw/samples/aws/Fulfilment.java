package dev.thaw.samples.aws;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvocationType;

/** Takes queued orders in batches and has the customer notified of each, without waiting for it. */
public final class Fulfilment implements RequestHandler<SQSEvent, SQSBatchResponse> {

  private final LambdaClient lambda = Aws.lambda();

  @Override
  public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    List<SQSBatchResponse.BatchItemFailure> failures = new ArrayList<>();
    for (SQSEvent.SQSMessage message : event.getRecords()) {
      try {
        lambda.invoke(
            request ->
                request
                    .functionName("notify")
                    .invocationType(InvocationType.EVENT)
                    .payload(SdkBytes.fromUtf8String(message.getBody())));
      } catch (RuntimeException e) {
        context.getLogger().log("Order " + message.getMessageId() + " comes again: " + e);
        failures.add(new SQSBatchResponse.BatchItemFailure(message.getMessageId()));
      }
    }
    return new SQSBatchResponse(failures);
  }
}
