package dev.thaw.agent.client;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(
    value = Libraries.class,
    names = {"JDK"})
class JdkHttpClientIT extends HttpClientContract {

  @Override
  protected String type() {
    return "ClientFunctions$JdkHttp";
  }

  @Override
  protected String row() {
    return "java.net.http.HttpClient";
  }

  @Override
  protected String artifact() {
    return "";
  }
}
