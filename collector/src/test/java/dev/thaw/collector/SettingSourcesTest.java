package dev.thaw.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingSourcesTest {

  @TempDir private Path folder;

  private static Settings settings(Map<String, String> environment, String... args) {
    return Settings.read(new SettingSources().read(args, environment));
  }

  private String file(String text) throws Exception {
    return Files.writeString(folder.resolve("collector.yaml"), text).toString();
  }

  @Test
  void aFlagCountsBeforeTheEnvironmentAndThatBeforeTheFile() throws Exception {
    String file = file("port: 1001\ngrpc-port: 1002\nkeep-days: 3\n");
    Map<String, String> environment = Map.of("THAW_PORT", "2001", "THAW_GRPC_PORT", "2002");
    Settings settings = settings(environment, "--config", file, "--port", "3001");
    assertThat(settings.port).isEqualTo(3001);
    assertThat(settings.grpcPort).isEqualTo(2002);
    assertThat(settings.keep.ordinary()).hasDays(3);
  }

  @Test
  void theEnvironmentMayNameTheFile() throws Exception {
    assertThat(settings(Map.of("THAW_CONFIG", file("port: 1001"))).port).isEqualTo(1001);
  }

  @Test
  void anEmptyFileSetsNothing() throws Exception {
    assertThat(settings(Map.of("THAW_CONFIG", file("# nothing yet\n"))).port).isEqualTo(4318);
  }

  @ParameterizedTest
  @CsvSource({
    "--prot, did you mean --port?",
    "--keep-day, did you mean --keep-days?",
    "--nonsense, --help lists them",
  })
  void anUnknownFlagIsRefusedWithWhatIsLikeIt(String flag, String hint) {
    assertThatThrownBy(() -> settings(Map.of(), flag, "1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(flag + " is no setting; " + hint);
  }

  @ParameterizedTest
  @ValueSource(strings = {"THAW_PROT", "THAW_POR", "THAW_PORTS", "THAW_PERT"})
  void aMistypedVariableIsRefused(String name) {
    assertThatThrownBy(() -> settings(Map.of(name, "1")))
        .hasMessage(name + " is no setting; did you mean THAW_PORT?");
  }

  @Test
  void variablesOfTheAgentMayBeThere() {
    Map<String, String> environment =
        Map.of("THAW_LOG", "debug", "THAW_EXTENSION", "off", "THAW_EXPORT", "stdout", "PATH", "/");
    assertThat(settings(environment).port).isEqualTo(4318);
  }

  @Test
  void anUnknownNameInTheFileIsRefused() throws Exception {
    String file = file("prot: 1001");
    assertThatThrownBy(() -> settings(Map.of(), "--config", file))
        .hasMessageContaining(file + ": prot is no setting; did you mean port?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"port", "- port", "port: [1, 2]", "port: {a: 1}", "port: '"})
  void aFileOfAnotherFormIsRefusedWithItsName(String text) throws Exception {
    String file = file(text);
    assertThatThrownBy(() -> settings(Map.of(), "--config", file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(file);
  }

  @Test
  void aFileThatIsNotThereIsSaid() {
    assertThatThrownBy(() -> settings(Map.of(), "--config", "/no/such/file"))
        .hasMessage("The settings file /no/such/file does not exist");
  }

  @Test
  void helpShowsEveryOption() {
    SettingSources sources = new SettingSources();
    assertThat(sources.read(new String[] {"--help"}, Map.of())).isNull();
    for (Settings.Option option : Settings.OPTIONS) {
      assertThat(sources.help()).contains(SettingSources.flag(option.name()));
    }
  }
}
