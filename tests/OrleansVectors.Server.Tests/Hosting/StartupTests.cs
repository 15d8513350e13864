using OrleansVectors.Server.Configuration;

namespace OrleansVectors.Server.Tests.Hosting;

public sealed class StartupTests
{
    private const int Failed = 1;
    private const int WronglyConfigured = 2;

    [Theory]
    [InlineData("http://0.0.0.0:6333")]
    [InlineData("http://*:6333")]
    [InlineData("http://+:6333")]
    [InlineData("http://[::]:6333")]
    [InlineData("http://example.org:6333")]
    [InlineData("http://10.1.2.3:6333")]
    [InlineData("http://127.0.0.1:6333;http://0.0.0.0:6334")]
    [InlineData("https://127.0.0.1:6333")]
    [InlineData("127.0.0.1:6333")]
    [InlineData("http://127.0.0.1:6333/path")]
    [InlineData("")]
    public void An_address_that_others_can_reach_or_that_is_none_is_refused(string urls)
        => Assert.Throws<ConfigurationException>(() => ListenAddress.ParseAll(urls));

    [Theory]
    [InlineData("http://127.0.0.1:6333")]
    [InlineData("http://127.0.0.5:0")]
    [InlineData("http://[::1]:6333")]
    [InlineData("http://localhost:6333;http://127.0.0.1:6334")]
    public void Loopback_addresses_are_taken(string urls)
        => Assert.Equal(urls.Split(';').Length, ListenAddress.ParseAll(urls).Count);

    [Fact]
    public async Task Without_credentials_the_server_ends_rather_than_listening_to_everybody()
    {
        (int code, _, string error) = await ServerProcess.RunToEndAsync(["--urls", "http://0.0.0.0:0"]);
        Assert.Equal(WronglyConfigured, code);
        Assert.Contains("refusing to listen on http://0.0.0.0:0: no credentials are configured", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));

        var environment = new Dictionary<string, string> { ["ASPNETCORE_URLS"] = "http://*:0" };
        (code, _, error) = await ServerProcess.RunToEndAsync([], environment);
        Assert.Equal(WronglyConfigured, code);
        Assert.Contains("refusing to listen on http://*:0", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_or_incomplete_options_are_refused_by_name()
    {
        Assert.Contains("--dta", Refusal("--dta", "x"), StringComparison.Ordinal);
        Assert.Contains("--data needs a value", Refusal("--data"), StringComparison.Ordinal);
        Assert.Contains("--data is given twice", Refusal("--data=a", "--data", "b"), StringComparison.Ordinal);

        static string Refusal(params string[] arguments)
            => Assert.Throws<ConfigurationException>(() => CommandLine.Parse(arguments)).Message;
    }

    [Fact]
    public async Task Help_lists_every_option_and_the_version_is_one_line()
    {
        (int code, string output, _) = await ServerProcess.RunToEndAsync(["--help"]);
        Assert.Equal(0, code);
        Assert.All(ServerOption.All, option =>
        {
            Assert.Contains(option.Argument, output, StringComparison.Ordinal);
            Assert.Contains(option.Variable, output, StringComparison.Ordinal);
        });

        (code, output, _) = await ServerProcess.RunToEndAsync(["--version"]);
        Assert.Equal(0, code);
        Assert.StartsWith("OrleansVectors ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_readme_has_every_option()
    {
        string readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Server.README.md"));
        Assert.All(ServerOption.All, option =>
            Assert.True(
                readme.Contains($"`{option.Argument} ", StringComparison.Ordinal)
                && readme.Contains($"`{option.Variable}`", StringComparison.Ordinal)
                && readme.Contains($"| `{option.Key}` |", StringComparison.Ordinal),
                option.Argument));
    }

    [Fact]
    public void The_command_line_goes_before_the_environment_and_the_environment_before_the_file()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, """{"OrleansVectors":{"Data":"f","Durability":"os","BodyBytesMax":5000}}""");
            var environment = new Dictionary<string, string> { ["OV_DATA"] = "e", ["OV_BODY_BYTES_MAX"] = "6000" };
            ServerSettings settings = ServerSettings.Load(CommandLine.Parse(["--config", file, "--data", "c"]), environment);
            Assert.Equal(Path.GetFullPath("c"), settings.DataFolder);
            Assert.Equal(6_000, settings.Api.BodyBytesMax);
            Assert.Equal(Storage.Log.Durability.Os, settings.Partitions.Durability);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void An_unknown_setting_or_a_value_out_of_bounds_is_refused_wherever_it_stands()
    {
        CommandLine none = CommandLine.Parse([]);
        Assert.Contains("OV_DTA", Refusal(none, "OV_DTA", "x"), StringComparison.Ordinal);
        Assert.Contains("--body-bytes-max 12", Refusal(none, "OV_BODY_BYTES_MAX", "12"), StringComparison.Ordinal);
        Assert.Contains("durability fast", Refusal(none, "OV_DURABILITY", "fast"), StringComparison.Ordinal);
        Assert.Contains(
            "no configuration file", Refusal(CommandLine.Parse(["--config", "/nowhere/ov.json"]), "X", ""), StringComparison.Ordinal);

        static string Refusal(CommandLine commandLine, string name, string value)
            => Assert.Throws<ConfigurationException>(
                () => ServerSettings.Load(commandLine, new Dictionary<string, string> { [name] = value })).Message;
    }

    [Fact]
    public async Task A_data_folder_that_is_a_file_is_one_clear_line()
    {
        string file = Path.GetTempFileName();
        try
        {
            (int code, _, string error) = await ServerProcess.RunToEndAsync(["--data", file, "--urls", "http://127.0.0.1:0"]);
            Assert.Equal(Failed, code);
            Assert.Contains($"the data folder {file} is a file", error, StringComparison.Ordinal);
            Assert.Single(error.TrimEnd().Split('\n'));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_second_server_on_the_same_folder_ends_and_the_first_goes_on()
    {
        await using ServerProcess first = await ServerProcess.StartAsync();
        (int code, _, string error) = await ServerProcess.RunToEndAsync(["--data", first.DataFolder, "--urls", "http://127.0.0.1:0"]);
        Assert.Equal(Failed, code);
        Assert.Contains(first.DataFolder, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Equal("healthz check passed", await first.Http.GetStringAsync("/healthz"));
    }

    [Fact]
    public async Task A_signal_to_stop_is_followed_within_seconds_with_code_0_and_collections_survive()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await server.Http.ResultAsync("PUT", "/collections/kept", """{"vectors":{"size":4,"distance":"Dot"}}""");
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(0, await server.StopAsync());
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"took {clock.Elapsed}");
        await server.StartAgainAsync();
        Assert.True((await server.Http.ResultAsync("GET", "/collections/kept/exists")).GetProperty("exists").GetBoolean());
    }

    [Fact]
    public async Task A_kill_after_an_acknowledged_creation_loses_nothing()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await server.Http.ResultAsync("PUT", "/collections/kept", """{"vectors":{"size":4,"distance":"Dot"}}""");
        server.Kill();
        await server.StartAgainAsync();
        Assert.True((await server.Http.ResultAsync("GET", "/collections/kept/exists")).GetProperty("exists").GetBoolean());
        Assert.Contains("No credentials are configured", server.Output, StringComparison.Ordinal);
    }
}
