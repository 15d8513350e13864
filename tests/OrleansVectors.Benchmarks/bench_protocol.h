// What our drivers of the peers share: arguments, files, clocks, and the protocol of `ann`: a warm-up, then the median of at
// least three passes over all queries that together take a second.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

constexpr size_t kNeighbors = 10;
constexpr size_t kPassesMin = 3;
constexpr double kMeasuredSecondsMin = 1.0;

// KEY=VALUE arguments; a missing key is the caller's mistake.
class Arguments {
public:
    Arguments(int argc, char** argv) {
        for (int i = 1; i < argc; i++) {
            const std::string argument = argv[i];
            const size_t equals = argument.find('=');
            if (equals == std::string::npos) Fail("'" + argument + "' is not KEY=VALUE");
            values_[argument.substr(0, equals)] = argument.substr(equals + 1);
        }
    }

    bool Has(const std::string& key) const { return values_.count(key) != 0; }

    const std::string& Text(const std::string& key) const {
        const auto found = values_.find(key);
        if (found == values_.end()) Fail("no " + key);
        return found->second;
    }

    size_t Number(const std::string& key) const { return std::strtoul(Text(key).c_str(), nullptr, 10); }

    std::vector<std::string> List(const std::string& key, char separator) const {
        std::vector<std::string> items;
        std::stringstream list(Text(key));
        for (std::string item; std::getline(list, item, separator);) items.push_back(item);
        return items;
    }

    [[noreturn]] static void Fail(const std::string& problem) {
        std::fprintf(stderr, "%s\n", problem.c_str());
        std::exit(2);
    }

private:
    std::map<std::string, std::string> values_;
};

template <class T>
std::vector<T> ReadAll(const std::string& path) {
    FILE* file = std::fopen(path.c_str(), "rb");
    if (file == nullptr) Arguments::Fail("cannot open " + path);
    std::fseek(file, 0, SEEK_END);
    std::vector<T> values(static_cast<size_t>(std::ftell(file)) / sizeof(T));
    std::fseek(file, 0, SEEK_SET);
    if (std::fread(values.data(), sizeof(T), values.size(), file) != values.size()) Arguments::Fail("cannot read " + path);
    std::fclose(file);
    return values;
}

// Of the day, or of the processor divided by the threads at work.
class Clock {
public:
    explicit Clock(const std::string& name) : is_cpu_(name == "cpu") {}

    double Seconds(int threads) const {
        if (is_cpu_) {
            timespec now;
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
            return (now.tv_sec + now.tv_nsec * 1e-9) / threads;
        }
        return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
    }

    // Runs body(i) for i below count on so many threads; returns seconds.
    double ForEach(size_t count, int threads, const std::function<void(size_t)>& body) const {
        const double start = Seconds(threads);
        if (threads == 1) {
            for (size_t i = 0; i < count; i++) body(i);
        } else {
            std::atomic<size_t> next{0};
            std::vector<std::thread> workers;
            for (int t = 0; t < threads; t++) {
                workers.emplace_back([&] {
                    for (size_t i; (i = next.fetch_add(1)) < count;) body(i);
                });
            }
            for (auto& worker : workers) worker.join();
        }
        return Seconds(threads) - start;
    }

    // Queries per second of a body that answers one query.
    double QueriesPerSecond(size_t queries, int threads, const std::function<void(size_t)>& body) const {
        return QueriesPerSecond(queries, [&] { return ForEach(queries, threads, body); });
    }

    // The same of a body that answers all queries and returns seconds.
    double QueriesPerSecond(size_t queries, const std::function<double()>& pass) const {
        pass();
        std::vector<double> seconds;
        double total = 0;
        while (seconds.size() < kPassesMin || total < kMeasuredSecondsMin) {
            seconds.push_back(pass());
            total += seconds.back();
        }
        std::sort(seconds.begin(), seconds.end());
        const size_t middle = seconds.size() / 2;
        return queries / (seconds.size() % 2 == 1 ? seconds[middle] : (seconds[middle - 1] + seconds[middle]) / 2);
    }

private:
    bool is_cpu_;
};
