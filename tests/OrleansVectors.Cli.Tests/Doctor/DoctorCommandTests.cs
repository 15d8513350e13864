using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using OrleansVectors.Cli.Tests.CommandLine;
using OrleansVectors.Cli.Tests.Server;
using OrleansVectors.Cli.Tests.VectorFiles;

namespace OrleansVectors.Cli.Tests.Doctor;

/// <summary>The real <c>ov</c> as a process, on the folder of a real server that was killed.</summary>
public sealed class DoctorCommandTests : IAsyncLifetime
{
    private readonly ServerProcess _server = new();
    private readonly TemporaryFolder _folder = new();

    private string Store => _folder.File("store");

    public async ValueTask InitializeAsync()
    {
        await _server.StartAsync("--backup-to", Store);
        string file = _folder.Write("a.bvecs", VectorBytes.Bvecs(VectorBytes.Rows(rows: 500, dim: 8)));
        Invocation import = await _server.RunAsync("import", "-c", "c", "--metric", "euclid", "--batch-size", "50", "--state", _folder.File("state"), file);
        Assert.True(import.ExitCode == 0, import.Error);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_killed_servers_folder_is_sound_and_a_running_ones_is_refused()
    {
        Invocation refused = await OvAsync("doctor", _server.Data);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"process {_server.ProcessId}", refused.Error, StringComparison.Ordinal);
        _server.Kill();
        Invocation sound = await OvAsync("doctor", _server.Data);
        Assert.Equal((0, ""), (sound.ExitCode, sound.Error));
        string[] lines = sound.Output.TrimEnd().Split('\n');
        Assert.Equal((_server.Data, "sound"), (lines[0], lines[^1]));
        Assert.Contains(lines, line => line.Contains(" c ", StringComparison.Ordinal) && line.Contains("1 to ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Damage_is_told_with_its_place_and_exits_with_1_and_json_says_the_same()
    {
        _server.Kill();
        string log = Directory.GetFiles(_server.Data, "*.log", SearchOption.AllDirectories).Single();
        byte[] bytes = File.ReadAllBytes(log);
        bytes[100] ^= 1;
        File.WriteAllBytes(log, bytes);
        Invocation text = await OvAsync("doctor", _server.Data, "--repair");
        Invocation json = await OvAsync("doctor", _server.Data, "--json");
        Assert.Equal((1, 1), (text.ExitCode, json.ExitCode));
        Assert.Contains($"error    {log} at byte 64", text.Output, StringComparison.Ordinal);
        Assert.Equal("1 error, 0 warnings", text.Output.TrimEnd().Split('\n')[^1]);
        using JsonDocument report = JsonDocument.Parse(json.Output);
        Assert.Equal((1, false), (report.RootElement.GetProperty("errors").GetInt32(), report.RootElement.GetProperty("sound").GetBoolean()));
        JsonElement finding = report.RootElement.GetProperty("findings")[0];
        Assert.Equal(("error", log, 64), (finding.GetProperty("severity").GetString(), finding.GetProperty("place").GetString(), finding.GetProperty("offset").GetInt64()));
        Assert.False(report.RootElement.GetProperty("collections")[0].GetProperty("partitions")[0].GetProperty("opens").GetBoolean());
        Assert.Equal(bytes, File.ReadAllBytes(log));
    }

    [Fact]
    public async Task Leftovers_are_notes_until_a_repair_deletes_them()
    {
        _server.Kill();
        string leftover = Path.Combine(Path.GetDirectoryName(Directory.GetFiles(_server.Data, "*.log", SearchOption.AllDirectories).Single())!, "00000000000000000099.log.tmp");
        File.WriteAllText(leftover, "x");
        Invocation found = await OvAsync("doctor", _server.Data);
        Assert.Equal((0, true), (found.ExitCode, File.Exists(leftover)));
        Assert.Contains($"note     {leftover}", found.Output, StringComparison.Ordinal);
        Invocation repaired = await OvAsync("doctor", _server.Data, "--repair");
        Assert.Equal((0, false), (repaired.ExitCode, File.Exists(leftover)));
        Assert.Contains($"repaired {leftover}: deleted", repaired.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_store_is_examined_while_its_server_runs()
    {
        using HttpClient http = new();
        (await http.PostAsJsonAsync(_server.Url + "/backups", new { })).EnsureSuccessStatusCode();
        Invocation sound = await OvAsync("doctor", Store);
        Assert.True(sound.ExitCode == 0, sound.Output + sound.Error);
        Assert.EndsWith("sound", sound.Output.TrimEnd(), StringComparison.Ordinal);
        string blob = Directory.GetFiles(Path.Combine(Store, "collections"), "*", SearchOption.AllDirectories)[0];
        File.Delete(blob);
        Invocation missing = await OvAsync("doctor", Store);
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains($"error    {Path.GetRelativePath(Store, blob)}", missing.Output, StringComparison.Ordinal);
        Assert.Contains("1 damaged", missing.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_place_that_is_none_is_refused_and_left_alone()
    {
        string empty = _folder.File("empty");
        Directory.CreateDirectory(empty);
        Directory.CreateDirectory(Path.Combine(Store, ".tmp"));
        Assert.Equal((1, $"{empty}/no: there is no such folder"), Told(await OvAsync("doctor", empty + "/no")));
        Assert.Equal(1, (await OvAsync("doctor", empty, "--repair")).ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(empty));
        Assert.Equal(2, (await OvAsync("doctor", Store, "--repair")).ExitCode);
        Assert.Equal(2, (await OvAsync("doctor", "s3://")).ExitCode);
        Assert.Equal(2, (await OvAsync("doctor")).ExitCode);
    }

    private static (int ExitCode, string Error) Told(Invocation run) => (run.ExitCode, run.Error.Trim());

    private static async Task<Invocation> OvAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "ov.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process ov = Process.Start(start)!;
        Task<string> output = ov.StandardOutput.ReadToEndAsync();
        Task<string> error = ov.StandardError.ReadToEndAsync();
        await ov.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Invocation(ov.ExitCode, await output, await error);
    }
}
