package dev.thaw.agent.client;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(
    value = Libraries.class,
    names = {"OLDEST", "NEWEST"})
class ApacheHttp5AsyncIT extends HttpClientContract {

  @Override
  protected String type() {
    return "ClientFunctions$Apache5Async";
  }

  @Override
  protected String row() {
    return "Apache HttpClient 5, async";
  }

  @Override
  protected String artifact() {
    return "httpclient5";
  }
}
