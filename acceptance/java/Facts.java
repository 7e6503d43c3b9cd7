import java.util.Objects;
import java.util.StringJoiner;
import java.util.UUID;
import org.mlflow.tracking.MlflowHttpException;

/** What the programs beside this one share: a line for each fact that holds, and an end at the first that does not. */
final class Facts {
  /** Where the server is; the client's constructors without arguments read the same variable. */
  static final String URI = System.getenv("MLFLOW_TRACKING_URI");

  static void check(String fact, boolean holds) {
    if (!holds) throw new AssertionError(fact);
    print(fact);
  }

  static void same(String fact, Object found, Object expected) {
    if (!Objects.equals(found, expected)) throw new AssertionError(fact + ": " + found + " is not " + expected);
    print(fact);
  }

  /** With the thread, which has the name of the program when `Programs` runs it. */
  private static void print(String fact) {
    System.out.println("ok " + Thread.currentThread().getName() + ": " + fact);
  }

  /** That the client is told so: by a status, and in these words among others. */
  static void refused(String fact, int status, String words, Runnable call) {
    try {
      call.run();
    } catch (MlflowHttpException error) {
      if (error.getStatusCode() == status && error.getBodyMessage().contains(words)) {
        print(fact);
        return;
      }
      throw new AssertionError(fact + ": " + error.getStatusCode() + " " + error.getBodyMessage());
    }
    throw new AssertionError(fact + ": it was done");
  }

  /** A name that nothing else on the server has. */
  static String named(String what) {
    return what + "-" + UUID.randomUUID();
  }

  /** An object of these keys and their values, which are text without quotes, or what stands as it is. */
  static String json(Object... keysAndValues) {
    var fields = new StringJoiner(",", "{", "}");
    for (var i = 0; i < keysAndValues.length; i += 2) {
      var value = keysAndValues[i + 1];
      var text = value instanceof String ? '"' + value.toString() + '"' : value;
      fields.add('"' + keysAndValues[i].toString() + "\":" + text);
    }
    return fields.toString();
  }
}
