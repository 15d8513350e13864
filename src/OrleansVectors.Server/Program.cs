using System.Collections;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using OrleansVectors.Api;
using OrleansVectors.Collections;
using OrleansVectors.Server.Configuration;
using OrleansVectors.Server.Hosting;

namespace OrleansVectors.Server;

/// <summary>The composition root: settings, then the database and the web server around it.</summary>
internal static class Program
{
    private const int Success = 0;
    private const int Failed = 1;
    private const int WronglyConfigured = 2;

    private static async Task<int> Main(string[] arguments)
    {
        try
        {
            CommandLine commandLine = CommandLine.Parse(arguments);
            switch (commandLine.Wish)
            {
                case CommandLineWish.Help:
                    Console.Write(CommandLine.Usage);
                    return Success;
                case CommandLineWish.Version:
                    Console.WriteLine($"OrleansVectors {ProductVersion.Number} {ProductVersion.Commit}".TrimEnd());
                    return Success;
                default:
                    return await ServeAsync(ServerSettings.Load(commandLine, Environment())).ConfigureAwait(false);
            }
        }
        catch (ConfigurationException exception)
        {
            return Fail(WronglyConfigured, exception.Message);
        }
    }

    private static async Task<int> ServeAsync(ServerSettings settings)
    {
        // The web server is made while the database opens: both compile much code, and mostly there is more than one processor.
        Task<VectorDatabase> opening = Task.Run(() => VectorDatabase.OpenAsync(new DatabaseOptions
        {
            Folder = settings.DataFolder,
            Partitions = settings.Partitions,
            Backups = settings.Backups,
            Idle = settings.Idle,
        }));
        WebApplication app;
        try
        {
            app = WebServer.Build(settings, opening);
        }
        catch
        {
            await CloseAsync(opening).ConfigureAwait(false);
            throw;
        }

        await using (app.ConfigureAwait(false))
        {
            try
            {
                await opening.ConfigureAwait(false);
            }
            catch (Exception exception) when (StartupFailure.Explains(exception, settings.DataFolder, out string reason))
            {
                return Fail(Failed, reason);
            }

            // From here on it is the application's, which closes it last.
            VectorDatabase database = app.Services.GetRequiredService<VectorDatabase>();
            return await ServeAsync(app, database, settings.DataFolder).ConfigureAwait(false);
        }
    }

    /// <summary>Closes what is being opened, if that succeeds.</summary>
    private static async Task CloseAsync(Task<VectorDatabase> opening)
    {
        await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (opening.IsCompletedSuccessfully)
        {
            await (await opening.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task<int> ServeAsync(WebApplication app, VectorDatabase database, string dataFolder)
    {
        try
        {
            await app.StartAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return Fail(Failed, $"cannot listen: {exception.Message}");
        }

        Banner.Print(Console.Out, WebServer.AddressesOf(app), dataFolder);
        RecoveryLog.Write(app.Logger, database.Recoveries);
        RecoveryLog.Write(app.Logger, database.Unavailable);
        app.Logger.LogWarning("No credentials are configured: everybody on this machine has full access");
        await app.WaitForShutdownAsync().ConfigureAwait(false);
        return Success;
    }

    private static Dictionary<string, string> Environment()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
            variables[(string)variable.Key] = (string)variable.Value!;
        return variables;
    }

    private static int Fail(int code, string reason)
    {
        Console.Error.WriteLine($"orleansvectors: {reason}");
        return code;
    }
}
