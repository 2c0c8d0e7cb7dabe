package dev.thaw.samples.aws;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.S3Event;
import com.amazonaws.services.lambda.runtime.events.models.s3.S3EventNotification;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** Makes a short form of what was uploaded, for lists. */
public final class Thumbnail implements RequestHandler<S3Event, String> {

  private static final int LENGTH = 40;

  private final S3Client s3 = Aws.s3();

  @Override
  public String handleRequest(S3Event event, Context context) {
    for (S3EventNotification.S3EventNotificationRecord record : event.getRecords()) {
      String bucket = record.getS3().getBucket().getName();
      String key = record.getS3().getObject().getKey();
      String text = s3.getObjectAsBytes(request -> request.bucket(bucket).key(key)).asUtf8String();
      String preview = text.length() <= LENGTH ? text : text.substring(0, LENGTH) + "...";
      s3.putObject(request -> request.bucket("previews").key(key), RequestBody.fromString(preview));
    }
    return "made";
  }
}
