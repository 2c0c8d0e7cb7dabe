package dev.thaw.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.agent.invocation.FunctionIdentity;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What Lambda's environment variables say of a function. */
class AwsLambdaTest {

  @Test
  void aFunctionSaysWhereItsLogIs() {
    FunctionIdentity identity =
        new AwsLambda()
            .identity(
                Map.of(
                    "AWS_LAMBDA_FUNCTION_NAME", "checkout",
                    "AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/checkout",
                    "AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/22/[$LATEST]0123",
                    "AWS_REGION", "eu-west-1"));
    assertThat(identity.attributes)
        .containsEntry("aws.log.group.names", new String[] {"/aws/lambda/checkout"})
        .containsEntry("faas.instance", "2026/11/22/[$LATEST]0123")
        .containsEntry("cloud.region", "eu-west-1");
  }

  @Test
  void whatIsNotKnownIsLeftOut() {
    FunctionIdentity identity =
        new AwsLambda().identity(Map.of("AWS_LAMBDA_FUNCTION_NAME", "checkout"));
    assertThat(identity.attributes)
        .containsOnlyKeys("faas.name", "cloud.provider", "cloud.platform");
  }
}
