package dev.thaw.agent.client;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(
    value = Libraries.class,
    names = {"JDK"})
class JdkUrlConnectionIT extends HttpClientContract {

  @Override
  protected String type() {
    return "ClientFunctions$UrlConnection";
  }

  @Override
  protected String row() {
    return "java.net.HttpURLConnection";
  }

  @Override
  protected String artifact() {
    return "";
  }
}
