import java.util.ArrayList;

/** Runs programs in one JVM. Arguments: "together" or "one-by-one", then the names of the programs. */
final class Programs {
  public static void main(String[] arguments) throws InterruptedException {
    var together = arguments[0].equals("together");
    var running = new ArrayList<Thread>();
    var failed = new ArrayList<String>();
    for (var i = 1; i < arguments.length; i++) {
      var program = new Thread(main(arguments[i]), arguments[i]); // checks print the name of their thread
      program.setUncaughtExceptionHandler((thread, error) -> {
        synchronized (failed) {
          failed.add(thread.getName());
          error.printStackTrace();
        }
      });
      program.start();
      if (together) running.add(program);
      else program.join();
    }
    for (var program : running) program.join();
    if (!failed.isEmpty()) throw new AssertionError(failed + " failed");
  }

  private static Runnable main(String name) {
    return () -> {
      try {
        Class.forName(name).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
      } catch (ReflectiveOperationException error) {
        throw new IllegalStateException(error);
      }
    };
  }
}
