package dev.thaw.agent.client;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(
    value = Libraries.class,
    names = {"OLDEST", "APART", "NEWEST"})
class OkHttpIT extends HttpClientContract {

  @Override
  protected String type() {
    return "ClientFunctions$Ok";
  }

  @Override
  protected String row() {
    return "OkHttp";
  }

  @Override
  protected String artifact() {
    return libraries == Libraries.NEWEST ? "okhttp-jvm" : "okhttp";
  }
}
