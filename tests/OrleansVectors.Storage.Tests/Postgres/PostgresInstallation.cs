namespace OrleansVectors.Storage.Tests.Postgres;

/// <summary>Where PostgreSQL's programs are on this machine, and how they are started.</summary>
internal sealed record PostgresInstallation(string Folder, string? User)
{
    private const string DebianFolder = "/usr/lib/postgresql";

    /// <summary>Looks for it; when it cannot be used, says why.</summary>
    public static PostgresInstallation? Find(out string reason)
    {
        reason = "PostgreSQL is not installed: no initdb in /usr/lib/postgresql/*/bin or on the path (Debian: postgresql-15)";
        if (Folders().FirstOrDefault(folder => IsThere(folder, "initdb") && IsThere(folder, "postgres"))
            is not string found)
        {
            return null;
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return new PostgresInstallation(found, User: null);
        }

        // The server refuses to run as root.
        string? user = new[] { "postgres", "nobody" }.FirstOrDefault(HasUser);
        reason = "PostgreSQL does not run as root, and there is no user postgres or nobody, or no setpriv to become it";
        return user is not null && OnPath("setpriv") ? new PostgresInstallation(found, user) : null;
    }

    /// <summary>The command line of one of its programs, run by a user it accepts.</summary>
    public (string Program, string[] Arguments) Command(string program, params string[] arguments)
    {
        string path = Path.Combine(Folder, program);

        // setpriv becomes the program, so its process id is the program's.
        return User is null
            ? (path, arguments)
            : ("setpriv", ["--reuid", User, "--regid", GroupOf(User), "--clear-groups", path, .. arguments]);
    }

    private static IEnumerable<string> Folders()
    {
        string[] packaged = Directory.Exists(DebianFolder) ? Directory.GetDirectories(DebianFolder) : [];
        return packaged
            .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out int version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin"))
            .Concat(SearchPath());
    }

    private static string[] SearchPath()
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    private static bool OnPath(string program) => SearchPath().Any(folder => IsThere(folder, program));

    private static bool IsThere(string folder, string program)
    {
        FileInfo file = new(Path.Combine(folder, program));
        return file.Exists && file.ResolveLinkTarget(returnFinalTarget: true) is not { Exists: false };
    }

    private static bool HasUser(string user) => File.Exists("/etc/passwd") && EntryOf(user) is not null;

    private static string GroupOf(string user) => EntryOf(user)![3];

    private static string[]? EntryOf(string user)
        => File.ReadLines("/etc/passwd").Select(line => line.Split(':')).FirstOrDefault(entry => entry.Length > 3 && entry[0] == user);
}
