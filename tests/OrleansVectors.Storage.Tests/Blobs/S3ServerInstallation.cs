using System.Diagnostics;
using System.Security.Cryptography;

namespace OrleansVectors.Storage.Tests.Blobs;

/// <summary>The packages of <c>tests/s3server</c>, installed once; test processes that start together wait for the first.</summary>
internal static class S3ServerInstallation
{
    private const string MarkerName = ".installed";
    private static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(3);

    /// <summary>The folder of the server's program.</summary>
    public static string Folder { get; } = Path.Combine(RepositoryRoot(), "tests", "s3server");

    /// <summary>What the machine has not got that the server needs; null when it has everything.</summary>
    public static string? Missing() => !Runs("node") ? "node is not installed" : !Runs("npm") ? "npm is not installed" : null;

    public static async Task EnsureAsync()
    {
        if (IsCurrent())
        {
            return;
        }

        using FileStream only = await WaitForLockAsync();
        if (!IsCurrent())
        {
            await InstallAsync();
            await File.WriteAllTextAsync(Marker(), LockHash());
        }
    }

    private static async Task InstallAsync()
    {
        ProcessStartInfo start = new("npm", ["ci", "--no-progress", "--loglevel=error"])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process npm = Process.Start(start)!;
        using CancellationTokenSource enough = new(TimeMax);
        string[] said = await Task.WhenAll(
            npm.StandardOutput.ReadToEndAsync(enough.Token), npm.StandardError.ReadToEndAsync(enough.Token));
        await npm.WaitForExitAsync(enough.Token);
        Assert.True(npm.ExitCode == 0, $"npm could not install the S3 server: {string.Concat(said)}");
    }

    private static async Task<FileStream> WaitForLockAsync()
    {
        string folder = Path.Combine(Folder, "artifacts");
        Directory.CreateDirectory(folder);
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(folder, "install.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited.Elapsed < TimeMax)
            {
                await Task.Delay(100);
            }
        }
    }

    private static bool IsCurrent() => File.Exists(Marker()) && File.ReadAllText(Marker()) == LockHash();

    private static string Marker() => Path.Combine(Folder, "node_modules", MarkerName);

    private static string LockHash() => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(Folder, "package-lock.json"))));

    private static bool Runs(string program)
    {
        try
        {
            ProcessStartInfo start = new(program, ["--version"]) { RedirectStandardOutput = true };
            using Process process = Process.Start(start)!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "OrleansVectors.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException("The tests do not run below the repository.");
    }
}
