package dev.thaw.agent.client;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(
    value = Libraries.class,
    names = {"OLDEST", "NEWEST"})
class AwsSdkV2IT extends AwsSdkV2Contract {

  @Override
  protected String type() {
    return "AwsFunctions$Aws2";
  }

  @Override
  protected String row() {
    return "AWS SDK for Java 2";
  }

  @Override
  protected String artifact() {
    return "sdk-core";
  }
}
