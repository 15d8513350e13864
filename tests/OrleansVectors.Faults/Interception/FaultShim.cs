using System.Diagnostics;

namespace OrleansVectors.Faults.Interception;

/// <summary>The library that is preloaded into the server, compiled from <c>shim/faults.c</c> with the machine's compiler.</summary>
internal sealed class FaultShim
{
    private readonly string _library;

    private FaultShim(string library) => _library = library;

    /// <summary>Compiles it; null with a reason where that cannot be done.</summary>
    public static FaultShim? TryCompile(string folder, out string reason)
    {
        reason = "";
        if (!OperatingSystem.IsLinux())
        {
            reason = "preloading a library needs Linux";
            return null;
        }

        string library = Path.Combine(folder, "faults.so");
        string source = Path.Combine(AppContext.BaseDirectory, "shim", "faults.c");
        try
        {
            using Process compiler = Process.Start(
                new ProcessStartInfo("cc", ["-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"]) { RedirectStandardError = true })!;
            string errors = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            if (compiler.ExitCode == 0)
                return new FaultShim(library);
            reason = $"cc could not compile the shim: {errors.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            reason = "there is no C compiler (cc)";
        }

        return null;
    }

    /// <summary>The variables with which a server runs under the shim.</summary>
    public Dictionary<string, string> EnvironmentFor(ControlPage page, string dataFolder) => new()
    {
        ["LD_PRELOAD"] = _library,
        ["FAULTS_PAGE"] = page.Path,
        ["FAULTS_FOLDER"] = Path.GetFullPath(dataFolder),
    };
}
