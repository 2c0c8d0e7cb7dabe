package dev.thaw.samples.aws;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** Takes a review over HTTP and stores it. */
public final class Upload
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {

  private final S3Client s3 = Aws.s3();

  @Override
  public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
    s3.putObject(
        request -> request.bucket("reviews").key(context.getAwsRequestId() + ".txt"),
        RequestBody.fromString(event.getBody()));
    return APIGatewayV2HTTPResponse.builder().withStatusCode(201).build();
  }
}
