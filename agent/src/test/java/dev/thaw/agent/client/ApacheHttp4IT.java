package dev.thaw.agent.client;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(
    value = Libraries.class,
    names = {"APART", "NEWEST"})
class ApacheHttp4IT extends HttpClientContract {

  @Override
  protected String type() {
    return "ClientFunctions$Apache4";
  }

  @Override
  protected String row() {
    return "Apache HttpClient 4";
  }

  @Override
  protected String artifact() {
    return "httpclient";
  }
}
