package dev.thaw.agent.client;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(
    value = Libraries.class,
    names = {"OLDEST", "NEWEST"})
class AwsSdkV1IT extends AwsClientContract {

  @Override
  protected String type() {
    return "AwsFunctions$Aws1";
  }

  @Override
  protected String row() {
    return "AWS SDK for Java 1";
  }

  @Override
  protected String artifact() {
    return "aws-java-sdk-core";
  }
}
