package dev.thaw.agent.client;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(
    value = Libraries.class,
    names = {"OLDEST", "NEWEST"})
class ApacheHttp5IT extends HttpClientContract {

  @Override
  protected String type() {
    return "ClientFunctions$Apache5";
  }

  @Override
  protected String row() {
    return "Apache HttpClient 5";
  }

  @Override
  protected String artifact() {
    return "httpclient5";
  }
}
