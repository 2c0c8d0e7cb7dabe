package dev.thaw.agent.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountsTest {

  private static final String MOUNTS =
      String.join(
          "\n",
          "overlay / overlay rw,relatime 0 0",
          "proc /proc proc rw 0 0",
          "/dev/vdb /tmp ext4 rw,nosuid 0 0",
          "/dev/vdc /tmp/a\\040b btrfs rw 0 0",
          "/dev/vdd /data xfs rw 0 0",
          "tmpfs /data tmpfs rw 0 0",
          "");

  @ParameterizedTest
  @CsvSource({
    "/tmp, ext4",
    "/tmp/x/y, ext4",
    "/tmpx, overlay",
    "/var/task, overlay",
    "/tmp/a b/c, btrfs",
    "/data/x, tmpfs"
  })
  void aFolderIsOnTheFileSystemThatIsMountedNearestAboveIt(String folder, String type) {
    assertThat(Mounts.type(MOUNTS, folder)).isEqualTo(type);
  }

  @Test
  void whereNothingIsMountedNoTypeIsKnown() {
    assertThat(Mounts.type("", "/tmp")).isEmpty();
  }

  @Test
  void whatTheKernelMakesUpIsNotChangedInPlace() throws Exception {
    assertThat(Mounts.changeInPlace(new File("/proc/self"))).isFalse();
  }
}
