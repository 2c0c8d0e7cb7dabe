package dev.thaw.agent.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JdbcUrlTest {

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://db.example:5433/shop?user=u&password=p, postgresql, db.example, 5433, shop",
    "jdbc:mysql://root:secret@db.example/shop, mysql, db.example, 0, shop",
    "'jdbc:mariadb:replication://a:3306,b:3306/shop', mariadb, a, 3306, shop",
    "'jdbc:sqlserver://db.example:1433;databaseName=shop;password=p', microsoft.sql_server, db.example, 1433, shop",
    "jdbc:oracle:thin:@//db.example:1521/shop, oracle.db, db.example, 1521, shop",
    "jdbc:oracle:thin:@db.example:1521:shop, oracle.db, db.example, 1521, shop",
    "jdbc:h2:mem:shop;DB_CLOSE_DELAY=-1, h2database, , 0, mem:shop",
    "jdbc:postgresql://[::1]:5432/shop, postgresql, [::1], 5432, shop",
    "jdbc:unknown, other_sql, , 0, ",
  })
  void theServerAndTheDatabaseAreReadAndNoSecret(
      String url, String system, String host, long port, String namespace) {
    JdbcUrl read = JdbcUrl.parse(url);
    assertThat(read.system).isEqualTo(system);
    assertThat(read.host).isEqualTo(host);
    assertThat(read.port).isEqualTo(port);
    assertThat(read.namespace).isEqualTo(namespace);
  }
}
